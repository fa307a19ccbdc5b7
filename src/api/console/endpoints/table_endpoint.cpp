// GET tables/{table}?prefix&after&count: items of a table in their fixed order.
#include "api/console/endpoints/endpoint.h"

#include "base/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kItemsStandard = 50;
constexpr std::size_t kItemsMax = 200;
constexpr std::size_t kItemTextBytes = 4 * 1024;

Response answer(const Request& request, const ConsoleContext& context) {
  const auto& name = request.captures.at("table");
  const auto tables = context.backend.items.tables();
  const auto table = std::find_if(tables.begin(), tables.end(), [&](const auto& one) { return one.name == name; });
  if (table == tables.end()) return error_response(404, "there is no such table");
  Json after;
  if (const auto text = request.parameter("after"); text && !text->empty()) {
    after = Json::parse(*text, nullptr, false);
    if (!after.is_string() && !after.is_number()) return error_response(400, "after is a key as JSON");
  }
  const auto listing =
      context.backend.items.list(name, request.parameter("prefix").value_or(""), after.is_null() ? nullptr : &after,
                                 read_count(request, "count", kItemsStandard, kItemsMax));
  if (!listing.has_value()) return error_response(500, listing.error().cause);
  Json items = Json::array();
  Json last;
  for (const auto& item : listing->items) {
    const auto text = item.text();
    const auto value = item.json();
    last = value.is_object() && value.contains(table->key_attribute) ? value.at(table->key_attribute) : Json();
    items.push_back({{"key", last}, {"text", beginning(text, kItemTextBytes)}, {"bytes", text.size()}});
  }
  Json body{{"key", table->key_attribute}, {"items", std::move(items)}, {"more", listing->more}};
  if (listing->more) body["next"] = print_json(last);
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_table;
const Endpoint console_table{"GET", "tables/{table}", answer};

}  // namespace stepd::api
