// The key of an item as handlers take it: the value alone, or an object that names the key attributes.
#pragma once

#include "base/items.h"
#include "base/json.h"
#include "base/result.h"

#include <string>

namespace stepd::tasks {

/// `Item.NoSuchTable` if there is no such table.
Result<TablePtr> find_table(const ItemStore& items, const std::string& table);

/// `Item.InvalidKey` for an object that is not exactly the key attributes, and for a value alone where the key has two;
/// what a value may be is the store's to say.
Result<Item> key_of(const TableSchema& table, const Json& given);
/// As answers show a key: the value alone, or an object where the key has two attributes.
Json show_key(const TableSchema& table, const Item& key);

}  // namespace stepd::tasks
