// The key of an item as handlers take it: the value alone, or an object that names the key attribute as well.
#pragma once

#include "base/items.h"
#include "base/json.h"
#include "base/result.h"

#include <string>

namespace stepd::tasks {

/// `Item.NoSuchTable` if there is no such table.
Result<std::string> key_attribute_of(const ItemStore& items, const std::string& table);

/// The key's value. `Item.InvalidKey` for an object that is not exactly the key attribute; what the value may be is the
/// store's to say.
Result<Json> key_of(const ItemStore& items, const std::string& table, const Json& given);

}  // namespace stepd::tasks
