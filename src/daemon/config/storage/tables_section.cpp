#include "daemon/config/storage/tables_section.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

constexpr std::size_t kNameMin = 3;  // of indexes, as on AWS
constexpr std::size_t kNameMax = 255;

bool is_table_name(const std::string& name) {
  return name.size() <= kNameMax && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                  c == '-';
         });
}

KeyType read_key_type(Mapping& mapping, const char* name) {
  const auto text = mapping.optional_text(name);
  if (!text) return KeyType::TextOrNumber;
  if (*text == "S") return KeyType::Text;
  if (*text == "N") return KeyType::Number;
  if (*text == "B") return KeyType::Bytes;
  mapping.fault(name, "expected S, N or B, got '" + *text + "'");
  return KeyType::TextOrNumber;
}

std::optional<KeyAttribute> read_sort(Mapping& mapping) {
  const auto name = mapping.optional_text("sort");
  const auto type = read_key_type(mapping, "sort_type");
  if (name) return KeyAttribute{*name, type};
  if (type != KeyType::TextOrNumber) mapping.fault("sort_type", "there is no 'sort' that it could be the type of");
  return std::nullopt;
}

/// ALL, KEYS_ONLY, or a list of attributes.
Projection read_projection(Mapping& mapping) {
  const Json* given = mapping.take("projection");
  if (given == nullptr || *given == "ALL") return {};
  if (*given == "KEYS_ONLY") return {Projection::Kind::KeysOnly, {}};
  Projection projection{Projection::Kind::Include, {}};
  const bool is_list = given->is_array() && !given->empty() &&
                       std::all_of(given->begin(), given->end(), [](const Json& each) { return each.is_string(); });
  if (!is_list) {
    mapping.fault("projection", "expected ALL, KEYS_ONLY or a list of attributes");
    return {};
  }
  for (const auto& each : *given) projection.attributes.push_back(each.get<std::string>());
  return projection;
}

IndexSchema read_index(const std::string& name, const TableSchema& table, Mapping& mapping) {
  IndexSchema index;
  index.name = name;
  index.key = {mapping.text("key"), read_key_type(mapping, "key_type")};
  index.sort = read_sort(mapping);
  index.projection = read_projection(mapping);
  index.local = mapping.flag("local", false);
  if (!is_table_name(name) || name.size() < kNameMin)
    mapping.fault_here("the name of an index has 3 to 255 letters, digits or one of _ . -");
  if (index.local && (!table.sort || index.key.name != table.key.name || !index.sort))
    mapping.fault_here("a local index has a sort key and the key of its table, which has a sort key, too");
  if (index.local) index.key = table.key;
  return index;
}

}  // namespace

std::vector<TableSchema> read_tables(Mapping& root) {
  std::vector<TableSchema> tables;
  root.each("tables", [&](const std::string& name, Mapping& mapping) {
    TableSchema table{name, {mapping.text("key"), read_key_type(mapping, "key_type")}};
    table.sort = read_sort(mapping);
    if (table.sort && table.sort->name == table.key.name) mapping.fault("sort", "it is the key already");
    mapping.each("indexes", [&](const std::string& index, Mapping& inner) {
      table.indexes.push_back(read_index(index, table, inner));
    });
    table.ttl_attribute = mapping.optional_text("ttl").value_or("");
    tables.push_back(std::move(table));
  });
  return tables;
}

}  // namespace stepd::daemon
