// What PutItem, UpdateItem and DeleteItem have in common: the write of one item, and its answer.
#pragma once

#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/item_write.h"

#include <string_view>

namespace stepd::dynamodb {

Answer write_single_item(const Json& arguments, const Desk& desk, ItemWrite::Kind kind);

/// ItemCollectionMetrics of a write; null unless the table has a local index.
Json collection_metrics(const TableSchema& table, const Item& key);

}  // namespace stepd::dynamodb
