#include "base/items.h"

#include <algorithm>

namespace stepd {

std::string_view name_of(KeyType type) {
  switch (type) {
    case KeyType::Number:
      return "N";
    case KeyType::Bytes:
      return "B";
    default:
      return "S";
  }
}

bool fits(KeyType type, const Attribute& value) {
  switch (type) {
    case KeyType::Text:
      return value.type() == AttributeType::Text;
    case KeyType::Number:
      return value.type() == AttributeType::Number;
    case KeyType::Bytes:
      return value.type() == AttributeType::Bytes;
    case KeyType::TextOrNumber:
      break;
  }
  return value.type() == AttributeType::Text || value.type() == AttributeType::Number;
}

const IndexSchema* TableSchema::find_index(std::string_view index) const {
  const auto found =
      std::find_if(indexes.begin(), indexes.end(), [&](const IndexSchema& each) { return each.name == index; });
  return found == indexes.end() ? nullptr : &*found;
}

Result<Item> key_of_item(const TableSchema& table, const Item& item) {
  Item key;
  const auto take = [&](const KeyAttribute& attribute) -> Result<void> {
    const auto* value = item.find(attribute.name);
    if (value == nullptr)
      return AslError{"Item.InvalidKey", "The key '" + attribute.name + "' of table '" + table.name + "' is missing."};
    key.set(attribute.name, *value);
    return {};
  };
  STEPD_CHECK(take(table.key));
  if (table.sort) STEPD_CHECK(take(*table.sort));
  return key;
}

Result<void> ItemStore::put(const std::string& table, const Item& item) {
  const auto found = find_table(table);
  if (found == nullptr) return AslError{"Item.NoSuchTable", "There is no table '" + table + "'."};
  STEPD_TRY(Item key, key_of_item(found->schema, item));
  STEPD_CHECK(change(
      {table, std::move(key)}, [&](const Item*) -> Result<std::optional<Item>> { return std::optional(item); }, ""));
  return {};
}

Result<void> ItemStore::remove(const ItemRef& ref) {
  STEPD_CHECK(change(
      ref, [](const Item*) -> Result<std::optional<Item>> { return std::optional<Item>(); }, ""));
  return {};
}

}  // namespace stepd
