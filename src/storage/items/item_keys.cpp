#include "storage/items/item_keys.h"

#include "storage/items/key_bytes.h"

#include <algorithm>

namespace stepd::storage {
namespace {

bool is_empty_value(const Attribute& value) {
  if (const auto* text = value.as<std::string>()) return text->empty();
  const auto* bytes = value.as<AttributeBytes>();
  return bytes != nullptr && bytes->bytes.empty();
}

std::string expected(KeyType type) {
  switch (type) {
    case KeyType::Text:
      return "a string";
    case KeyType::Number:
      return "a number";
    case KeyType::Bytes:
      return "bytes";
    case KeyType::TextOrNumber:
      break;
  }
  return "a string or a number";
}

Result<void> append_key(std::string& out, const TableSchema& table, const KeyAttribute& attribute, const Item& item) {
  const auto invalid = [&](const std::string& why) {
    return AslError{"Item.InvalidKey", "The key '" + attribute.name + "' of table '" + table.name + "' " + why + "."};
  };
  const auto* value = item.find(attribute.name);
  if (value == nullptr) return invalid("is missing");
  if (!fits(attribute.type, *value))
    return invalid("must be " + expected(attribute.type) + ", and is of type " + std::string(name_of(value->type())));
  if (is_empty_value(*value)) return invalid("is empty");
  out += key_bytes(*value);
  return {};
}

/// False if the item lacks a key attribute of the index or its value does not fit.
bool append_index_key(std::string& out, const IndexSchema& index, const Item& item) {
  const auto append = [&](const KeyAttribute& attribute) {
    const auto* value = item.find(attribute.name);
    if (value == nullptr || !fits(attribute.type, *value) || is_empty_value(*value)) return false;
    out += key_bytes(*value);
    return true;
  };
  return append(index.key) && (!index.sort || append(*index.sort));
}

}  // namespace

Result<std::string> bytes_of_item(const TableSchema& table, const Item& item) {
  std::string out;
  STEPD_CHECK(append_key(out, table, table.key, item));
  if (table.sort) STEPD_CHECK(append_key(out, table, *table.sort, item));
  return out;
}

Result<std::string> bytes_of_key(const TableSchema& table, const Item& key) {
  STEPD_TRY(std::string bytes, bytes_of_item(table, key));
  if (key.size() != (table.sort ? 2 : 1)) {
    return AslError{"Item.InvalidKey", "The key of table '" + table.name + "' is '" + table.key.name + "'" +
                                           (table.sort ? " and '" + table.sort->name + "'" : "") +
                                           ", and nothing beside it."};
  }
  return bytes;
}

Result<void> check_index_keys(const TableSchema& table, const Item& item) {
  for (const auto& index : table.indexes) {
    for (const auto* attribute : {&index.key, index.sort ? &*index.sort : nullptr}) {
      const auto* value = attribute == nullptr ? nullptr : item.find(attribute->name);
      if (value == nullptr || (fits(attribute->type, *value) && !is_empty_value(*value))) continue;
      return AslError{"Item.InvalidKey", "The attribute '" + attribute->name + "' of an item of table '" + table.name +
                                             "' is a key of the index '" + index.name + "' and must be " +
                                             expected(attribute->type) + " that is not empty."};
    }
  }
  return {};
}

std::vector<IndexEntry> entries_of(const TableSchema& table, const std::string& item_key, const Item& item) {
  std::vector<IndexEntry> entries;
  for (const auto& index : table.indexes) {
    std::string key;
    if (append_index_key(key, index, item)) entries.push_back({index.name, key + item_key});
  }
  const auto* expiry = table.ttl_attribute.empty() ? nullptr : item.find(table.ttl_attribute);
  if (expiry != nullptr && expiry->type() == AttributeType::Number)
    entries.push_back({std::string(kExpiryIndex), key_bytes(*expiry) + item_key});
  std::sort(entries.begin(), entries.end());
  return entries;
}

Result<ItemRange> range_of(const TableSchema& table, const ItemQuery& query) {
  const auto* index = query.index.empty() ? nullptr : table.find_index(query.index);
  ItemRange range;
  range.index = query.index;
  range.backward = query.backward;
  if (query.partition) {
    const auto prefix = key_bytes(*query.partition);
    range.from = prefix;
    range.to = after_all(prefix);
    if (query.begins_with) {
      range.from = prefix + key_bytes_of_beginning(*query.begins_with);
      range.to = after_all(range.from);
    }
    if (query.from || query.to) {
      // The type's tag comes first in a key: values of other types are not within the bounds.
      const auto type = prefix + key_bytes(query.from ? query.from->value : query.to->value).substr(0, 1);
      range.from = type;
      range.to = after_all(type);
    }
    if (query.from) {
      range.from = prefix + key_bytes(query.from->value);
      if (!query.from->inclusive) range.from = after_all(range.from);
    }
    if (query.to) {
      range.to = prefix + key_bytes(query.to->value);
      if (query.to->inclusive) range.to = after_all(range.to);
    }
  }
  if (!query.partition && query.begins_with) {
    range.from = key_bytes_of_beginning(*query.begins_with);
    range.to = after_all(range.from);
  }
  if (query.after != nullptr) {
    std::string position;
    if (index != nullptr && !append_index_key(position, *index, *query.after))
      return AslError{"Item.InvalidKey", "The key to go on from lacks a key attribute of the index."};
    STEPD_TRY(const std::string item_key, bytes_of_item(table, *query.after));
    position += item_key;
    if (query.backward) {
      range.to = std::min(range.to, position);
    } else {
      range.from = std::max(range.from, position + '\0');
    }
  }
  return range;
}

}  // namespace stepd::storage
