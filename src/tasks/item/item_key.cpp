#include "tasks/item/item_key.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::tasks {

Result<std::string> key_attribute_of(const ItemStore& items, const std::string& table) {
  const auto tables = items.tables();
  const auto schema = std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.name == table; });
  if (schema == tables.end()) return AslError{"Item.NoSuchTable", "There is no table '" + table + "'."};
  return schema->key_attribute;
}

Result<Json> key_of(const ItemStore& items, const std::string& table, const Json& given) {
  STEPD_TRY(const std::string attribute, key_attribute_of(items, table));
  if (!given.is_object()) return given;
  if (given.size() != 1 || !given.contains(attribute)) {
    return AslError{"Item.InvalidKey",
                    "The key of table '" + table + "' is '" + attribute + "' and nothing beside it."};
  }
  return *given.begin();
}

}  // namespace stepd::tasks
