// GET tables/{table}?prefix&after&count: items of a table in their fixed order.
#include "api/console/endpoints/endpoint.h"

#include "base/attribute/plain_attribute.h"
#include "base/payload.h"
#include "base/value/parse.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::api {
namespace {

constexpr std::size_t kItemsStandard = 50;
constexpr std::size_t kItemsMax = 200;
constexpr std::size_t kItemTextBytes = 4 * 1024;

/// The value alone, or an object where the key has two attributes.
Json shown_key(const TableSchema& schema, const Item& item) {
  const auto key = key_of_item(schema, item);
  if (!key) return {};
  return schema.sort ? to_plain_json(*key) : to_plain_json(*key->find(schema.key.name));
}

/// What shown_key() has shown.
std::optional<Item> read_start(const TableSchema& schema, const std::string& text) {
  const auto value = parse_value(text);
  if (!value) return std::nullopt;
  auto read = from_plain(*value);
  if (const auto* named = read.as<AttributeMap>()) return *named;
  return Item{{schema.key.name, std::move(read)}};
}

Response answer(const Request& request, const ConsoleContext& context) {
  const auto& name = request.captures.at("table");
  const auto table = context.backend.items.find_table(name);
  if (table == nullptr) return error_response(404, "there is no such table");
  const auto& schema = table->schema;
  const auto count = read_count(request, "count", kItemsStandard, kItemsMax);
  ItemQuery query{.table = name};
  query.limit = count + 1;  // one more says whether there are more
  std::optional<Item> start;
  if (const auto text = request.parameter("after"); text && !text->empty()) {
    start = read_start(schema, *text);
    if (!start) return error_response(400, "after is a key as JSON");
    query.after = &*start;
  }
  if (const auto prefix = request.parameter("prefix"); prefix && !prefix->empty())
    query.begins_with = Attribute::text(*prefix);
  auto page = context.backend.items.query(query);
  if (!page.has_value()) return error_response(page.error().name == "Item.InvalidKey" ? 400 : 500, page.error().cause);
  const bool more = page->more || page->items.size() > count;
  if (page->items.size() > count) page->items.resize(count);
  Json items = Json::array();
  Json last;
  for (const auto& item : page->items) {
    const auto text = print_item(item);
    last = shown_key(schema, item);
    items.push_back({{"key", last}, {"text", beginning(text, kItemTextBytes)}, {"bytes", text.size()}});
  }
  Json body{{"key", schema.key.name}, {"items", std::move(items)}, {"more", more}};
  if (more) body["next"] = print_json(last);
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_table;
const Endpoint console_table{"GET", "tables/{table}", answer};

}  // namespace stepd::api
