// What the writes of items do to the tables of the database, within the open transaction.
#pragma once

#include "storage/store.h"

namespace stepd::storage::sqlite {

class Connection;

Outcome change_items(Connection& connection, const ChangeItems& change);
Outcome put_table(Connection& connection, const PutTable& put);
Outcome purge_items(Connection& connection, const PurgeItems& purge);

/// What the attempts of an execution did is not remembered any more.
void forget_item_changes(Connection& connection, ExecutionId execution);

/// Keys of items as schemas before 11 wrote them, JSON texts, become the bytes of items/key_bytes.h. Other text stays
/// as it is. Registers the SQL function `item_key(text)` for the migration.
void offer_item_keys(Connection& connection);

}  // namespace stepd::storage::sqlite
