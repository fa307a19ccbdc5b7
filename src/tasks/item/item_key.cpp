#include "tasks/item/item_key.h"

#include "base/attribute/plain_attribute.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {

Result<TablePtr> find_table(const ItemStore& items, const std::string& table) {
  auto found = items.find_table(table);
  if (found == nullptr) return AslError{"Item.NoSuchTable", "There is no table '" + table + "'."};
  return found;
}

Result<Item> key_of(const TableSchema& table, const Json& given) {
  auto value = from_plain_json(given);
  const auto* named = value.as<AttributeMap>();
  if (named == nullptr && !table.sort) {
    Item key;
    key.set(table.key.name, std::move(value));
    return key;
  }
  const bool is_whole = named != nullptr && named->size() == (table.sort ? 2 : 1) && named->contains(table.key.name) &&
                        (!table.sort || named->contains(table.sort->name));
  if (is_whole) return *named;
  const auto attributes =
      table.sort ? "'" + table.key.name + "' and '" + table.sort->name + "'" : "'" + table.key.name + "'";
  return AslError{"Item.InvalidKey",
                  "The key of table '" + table.name + "' is " + attributes + " and nothing beside it."};
}

Json show_key(const TableSchema& table, const Item& key) {
  if (table.sort) return to_plain_json(key);
  const auto* value = key.find(table.key.name);
  return value == nullptr ? Json() : to_plain_json(*value);
}

}  // namespace stepd::tasks
