// What a table asks of keys and items, in AWS's words. Errors are `ValidationException`.
#pragma once

#include "base/items.h"
#include "base/result.h"

#include <cstddef>

namespace stepd::dynamodb {

/// DynamoDB's limit of an item's size in bytes.
inline constexpr std::size_t kItemBytesMax = 409'600;

/// A Key of a request: exactly the key attributes, of their types.
Result<void> check_key(const TableSchema& table, const Item& key);
/// An Item of a PutItem: its keys, and those of indexes.
Result<void> check_item(const TableSchema& table, const Item& item);
/// The keys of indexes alone, of an item that an update has made.
Result<void> check_updated_item(const TableSchema& table, const Item& item);

/// Names of the key attributes of the table, and of the index if it is given; each once.
std::vector<std::string> key_names(const TableSchema& table, const IndexSchema* index = nullptr);
/// The attributes of `item` that have these names.
Item select_attributes(const Item& item, const std::vector<std::string>& names);
/// What an index shows of an item.
Item project_index(const TableSchema& table, const IndexSchema& index, const Item& item);
/// Whether an index holds the item.
bool is_indexed(const IndexSchema& index, const Item& item);

}  // namespace stepd::dynamodb
