#include "storage/items/table_text.h"

#include "base/value/builder.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <algorithm>
#include <array>

namespace stepd::storage {
namespace {

constexpr std::array<std::string_view, 4> kKeyTypes{"", "S", "N", "B"};  // in the order of KeyType

Value write_attribute(const KeyAttribute& attribute) {
  return object({{"name", Value::string(attribute.name)},
                 {"type", Value::string(kKeyTypes.at(static_cast<std::size_t>(attribute.type)))}});
}

void write_key(ObjectBuilder& out, const KeyAttribute& key, const std::optional<KeyAttribute>& sort) {
  out.add("key", write_attribute(key));
  if (sort) out.add("sort", write_attribute(*sort));
}

Value write_index(const IndexSchema& index) {
  ObjectBuilder out;
  out.add("name", Value::string(index.name));
  write_key(out, index.key, index.sort);
  std::vector<Value> attributes;
  for (const auto& each : index.projection.attributes) attributes.push_back(Value::string(each));
  out.add("projection", Value::integer(static_cast<std::int64_t>(index.projection.kind)));
  out.add("attributes", array(attributes));
  out.add("local", Value::boolean(index.local));
  return std::move(out).finish();
}

std::string text_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? "" : std::string(found->string());
}

std::optional<KeyAttribute> read_attribute(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  if (found == nullptr) return std::nullopt;
  const auto type = std::find(kKeyTypes.begin(), kKeyTypes.end(), text_of(*found, "type"));
  if (type == kKeyTypes.end()) return std::nullopt;
  return KeyAttribute{text_of(*found, "name"), static_cast<KeyType>(type - kKeyTypes.begin())};
}

IndexSchema read_index(const Value& object) {
  IndexSchema index;
  index.name = text_of(object, "name");
  index.key = read_attribute(object, "key").value_or(KeyAttribute());
  index.sort = read_attribute(object, "sort");
  if (const auto* kind = object.find("projection")) {
    index.projection.kind = static_cast<Projection::Kind>(kind->integer().value_or(0));
  }
  if (const auto* attributes = object.find("attributes")) {
    for (const auto& each : attributes->items()) index.projection.attributes.emplace_back(each.string());
  }
  const auto* local = object.find("local");
  index.local = local != nullptr && local->boolean();
  return index;
}

}  // namespace

std::string print_table(const Table& table) {
  const auto& schema = table.schema;
  ObjectBuilder out;
  out.add("name", Value::string(schema.name));
  write_key(out, schema.key, schema.sort);
  std::vector<Value> indexes;
  for (const auto& each : schema.indexes) indexes.push_back(write_index(each));
  out.add("indexes", array(indexes));
  out.add("ttl", Value::string(schema.ttl_attribute));
  out.add("id", Value::string(table.id));
  out.add("configured", Value::boolean(table.configured));
  out.add("settings", Value::string(table.settings));
  return print(std::move(out).finish());
}

Result<Table> parse_table(std::string_view text) {
  STEPD_TRY(const Value object, parse_value(text));
  Table table;
  auto& schema = table.schema;
  schema.name = text_of(object, "name");
  const auto key = read_attribute(object, "key");
  if (!key) return AslError{"", "the description of a table has no key"};
  schema.key = *key;
  schema.sort = read_attribute(object, "sort");
  if (const auto* indexes = object.find("indexes")) {
    for (const auto& each : indexes->items()) schema.indexes.push_back(read_index(each));
  }
  schema.ttl_attribute = text_of(object, "ttl");
  table.id = text_of(object, "id");
  const auto* configured = object.find("configured");
  table.configured = configured != nullptr && configured->boolean();
  table.settings = text_of(object, "settings");
  return table;
}

}  // namespace stepd::storage
