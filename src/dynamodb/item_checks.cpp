#include "dynamodb/item_checks.h"

#include "dynamodb/expressions/expression_reader.h"

#include <algorithm>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kPartitionBytesMax = 2'048;
constexpr std::size_t kSortBytesMax = 1'024;
constexpr const char* kWereInvalid = "One or more parameter values were invalid: ";
constexpr const char* kAreNotValid = "One or more parameter values are not valid. ";

/// `string` or `binary` if the value is empty.
std::string_view empty_kind(const Attribute& value) {
  const auto* text = value.as<std::string>();
  if (text != nullptr && text->empty()) return "string";
  const auto* bytes = value.as<AttributeBytes>();
  return bytes != nullptr && bytes->bytes.empty() ? "binary" : "";
}

Result<void> check_key_value(const KeyAttribute& attribute, const Attribute& value, bool is_partition) {
  if (const auto kind = empty_kind(value); !kind.empty()) {
    return validation_error(kAreNotValid +
                            ("The AttributeValue for a key attribute cannot contain an empty " + std::string(kind)) +
                            " value. Key: " + attribute.name);
  }
  const auto size = value.type() == AttributeType::Number ? 0 : size_of_attribute(value);
  if (is_partition && size > kPartitionBytesMax) {
    return validation_error(std::string(kWereInvalid) +
                            "Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!is_partition && size > kSortBytesMax) {
    return validation_error(std::string(kWereInvalid) +
                            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return {};
}

AslError wrong_key() { return validation_error("The provided key element does not match the schema"); }

Result<void> check_key_attribute(const KeyAttribute& attribute, const Item& key, bool is_partition) {
  const auto* value = key.find(attribute.name);
  if (value == nullptr || !fits(attribute.type, *value)) return wrong_key();
  return check_key_value(attribute, *value, is_partition);
}

Result<void> check_item_attribute(const KeyAttribute& attribute, const Item& item, bool is_partition) {
  const auto* value = item.find(attribute.name);
  if (value == nullptr) return validation_error(kWereInvalid + ("Missing the key " + attribute.name) + " in the item");
  if (!fits(attribute.type, *value)) {
    return validation_error(kWereInvalid + ("Type mismatch for key " + attribute.name) + " expected: " +
                            std::string(name_of(attribute.type)) + " actual: " + std::string(name_of(value->type())));
  }
  return check_key_value(attribute, *value, is_partition);
}

enum class By : std::uint8_t { Put, Update };

Result<void> check_index_attribute(const IndexSchema& index, const KeyAttribute& attribute, const Item& item, By by) {
  const auto* value = item.find(attribute.name);
  if (value == nullptr) return {};
  if (!fits(attribute.type, *value)) {
    return validation_error(kWereInvalid + ("Type mismatch for Index Key " + attribute.name) +
                            " Expected: " + std::string(name_of(attribute.type)) +
                            " Actual: " + std::string(name_of(value->type())) + " IndexName: " + index.name);
  }
  const auto kind = empty_kind(*value);
  if (kind.empty()) return check_key_value(attribute, *value, attribute == index.key);
  const auto empty = "The AttributeValue for a key attribute cannot contain an empty " + std::string(kind) + " value.";
  if (by == By::Update) {
    return validation_error(kAreNotValid +
                            ("The update expression attempted to update a secondary index key to a value that is not "
                             "supported. " +
                             empty));
  }
  return validation_error(kAreNotValid + ("A value specified for a secondary index key is not supported. " + empty) +
                          " IndexName: " + index.name + ", IndexKey: " + attribute.name);
}

Result<void> check_indexes(const TableSchema& table, const Item& item, By by) {
  std::vector<const IndexSchema*> indexes;
  for (const auto& index : table.indexes) indexes.push_back(&index);
  std::sort(indexes.begin(), indexes.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  for (const auto* index : indexes) {
    STEPD_CHECK(check_index_attribute(*index, index->key, item, by));
    if (index->sort) STEPD_CHECK(check_index_attribute(*index, *index->sort, item, by));
  }
  return {};
}

}  // namespace

Result<void> check_key(const TableSchema& table, const Item& key) {
  if (key.size() != (table.sort ? 2 : 1)) return wrong_key();
  STEPD_CHECK(check_key_attribute(table.key, key, true));
  if (table.sort) STEPD_CHECK(check_key_attribute(*table.sort, key, false));
  return {};
}

Result<void> check_item(const TableSchema& table, const Item& item) {
  STEPD_CHECK(check_item_attribute(table.key, item, true));
  if (table.sort) STEPD_CHECK(check_item_attribute(*table.sort, item, false));
  STEPD_CHECK(check_indexes(table, item, By::Put));
  if (size_of_item(item) > kItemBytesMax) return validation_error("Item size has exceeded the maximum allowed size");
  return {};
}

Result<void> check_updated_item(const TableSchema& table, const Item& item) {
  STEPD_CHECK(check_indexes(table, item, By::Update));
  if (size_of_item(item) > kItemBytesMax)
    return validation_error("Item size to update has exceeded the maximum allowed size");
  return {};
}

std::vector<std::string> key_names(const TableSchema& table, const IndexSchema* index) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  add(table.key.name);
  if (table.sort) add(table.sort->name);
  if (index != nullptr) {
    add(index->key.name);
    if (index->sort) add(index->sort->name);
  }
  return names;
}

Item select_attributes(const Item& item, const std::vector<std::string>& names) {
  std::vector<AttributeMember> members;
  for (const auto* member : item.in_order()) {
    if (std::find(names.begin(), names.end(), member->name) != names.end()) members.push_back(*member);
  }
  return Item(std::move(members));
}

Item project_index(const TableSchema& table, const IndexSchema& index, const Item& item) {
  if (index.projection.kind == Projection::Kind::All) return item;
  auto names = key_names(table, &index);
  if (index.projection.kind == Projection::Kind::Include)
    names.insert(names.end(), index.projection.attributes.begin(), index.projection.attributes.end());
  return select_attributes(item, names);
}

bool is_indexed(const IndexSchema& index, const Item& item) {
  return item.contains(index.key.name) && (!index.sort || item.contains(index.sort->name));
}

}  // namespace stepd::dynamodb
