// From the values of an item to the keys under which a store finds it: of the table, of its indexes, and of the order
// in which items expire.
#pragma once

#include "base/items.h"
#include "storage/item_records.h"

#include <string>
#include <vector>

namespace stepd::storage {

/// The index that orders a table's items by their expiry. No index of a table has such a name.
inline constexpr std::string_view kExpiryIndex = "$ttl";

/// `key` is exactly the key attributes, and each value fits and is not empty; else `Item.InvalidKey`.
Result<std::string> bytes_of_key(const TableSchema& table, const Item& key);
/// Those of the item's key attributes, whatever else it has.
Result<std::string> bytes_of_item(const TableSchema& table, const Item& item);

/// `Item.InvalidKey` if the value of an index's key attribute is of another type or empty.
Result<void> check_index_keys(const TableSchema& table, const Item& item);
/// The entries of an item with the key `item_key`. An index that the item does not fit has none of it.
std::vector<IndexEntry> entries_of(const TableSchema& table, const std::string& item_key, const Item& item);

/// The range of keys that a query asks for. `Item.InvalidKey` if `query.after` lacks a key attribute.
Result<ItemRange> range_of(const TableSchema& table, const ItemQuery& query);

}  // namespace stepd::storage
