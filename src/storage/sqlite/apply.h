// What each kind of write does to the tables. It neither opens nor ends a transaction.
#pragma once

#include "storage/store.h"

namespace stepd::storage::sqlite {

class Connection;

/// Applies one write within the open transaction: Committed, NameTaken or Conflict. On the latter two, or when it
/// throws SqliteError, part of the write may stand: the caller undoes it.
Outcome apply(Connection& connection, const Write& write);

/// The same for a delta with `any_version`, where head and frames lie on damaged pages: their rows stay. Nobody reads
/// them once the execution is closed.
Outcome end_damaged(Connection& connection, const ExecutionDelta& delta);

}  // namespace stepd::storage::sqlite
