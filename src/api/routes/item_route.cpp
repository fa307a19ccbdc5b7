#include "api/routes/item_route.h"

#include "base/attribute/plain_attribute.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace stepd::api {
namespace {

struct Piece {
  bool is_capture = false;
  std::string text;
};

std::vector<Piece> read_template(const ItemRoute& route, const std::string& key) {
  std::vector<Piece> pieces;
  std::string_view rest = key;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    if (open != 0) pieces.push_back({false, std::string(rest.substr(0, open))});
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos) {
      throw std::invalid_argument("route \"" + route.path + "\": the key \"" + key + "\" lacks a }");
    }
    const std::string name(rest.substr(open + 1, close - open - 1));
    const bool known = route.path.find("{" + name + "}") != std::string::npos ||
                       route.path.find("{" + name + "...}") != std::string::npos;
    if (!known)
      throw std::invalid_argument("route \"" + route.path + "\": the key names {" + name + "}, the path does not");
    pieces.push_back({true, name});
    rest.remove_prefix(close + 1);
  }
  if (pieces.empty()) throw std::invalid_argument("route \"" + route.path + "\": the key is empty");
  return pieces;
}

std::string fill(const std::vector<Piece>& pieces, const std::map<std::string, std::string>& captures) {
  std::string key;
  for (const Piece& piece : pieces) key += piece.is_capture ? captures.at(piece.text) : piece.text;
  return key;
}

/// Bytes of a path need not be UTF-8; they are shown so that they are.
Response no_item(const std::string& key, const std::string& table) {
  return error_response(404, "no item with the key \"" + key + "\" is in the table \"" + table + "\"");
}

/// A table of numbers has a number for its key.
Attribute key_value(KeyType type, const std::string& text) {
  const auto number = type == KeyType::Number ? ExactNumber::parse(text) : std::nullopt;
  return number ? Attribute(Attribute::Form(*number)) : Attribute::text(text);
}

/// An object that nobody has recorded yet: it has arrived, and its execution has not come to that.
std::optional<Response> pending_item(const ItemRoute& route, const std::vector<Piece>& key_pieces,
                                     const TableSchema& table, const std::string& key, const Request& request,
                                     const ObjectStore& objects) {
  if (!route.pending || !objects.head({route.pending->bucket, fill(key_pieces, request.captures)})) return std::nullopt;
  return json_response(200, Json{{table.key.name, key}, {"status", "PENDING"}});
}

std::string description(const ItemRoute& route) {
  const std::string pending = route.pending ? "; `{\"status\": \"PENDING\"}` beside its key where the object \"" +
                                                  route.pending->key + "\" of the bucket \"" + route.pending->bucket +
                                                  "\" waits for one"
                                            : "";
  return print_json(Json{{"summary", "The item \"" + route.key + "\" of the table \"" + route.table + "\""},
                         {"responses",
                          {{"200",
                            {{"description", "The item" + pending},
                             {"content", {{"application/json", {{"schema", {{"type", "object"}}}}}}}}},
                           {"404", {{"description", "There is none"}}}}}});
}

}  // namespace

Route item_route(const ItemRoute& configured, const Backend& backend) {
  const auto table = backend.items.find_table(configured.table);
  if (table == nullptr) {
    throw std::invalid_argument("route \"" + configured.path + "\": there is no table \"" + configured.table + "\"");
  }
  if (table->schema.sort) {
    throw std::invalid_argument("route \"" + configured.path + "\": the table \"" + configured.table +
                                "\" has a sort key, and its items are not found by one value");
  }
  const auto pieces = read_template(configured, configured.key);
  const auto pending = configured.pending ? read_template(configured, configured.pending->key) : std::vector<Piece>();
  const auto answer = [configured, pieces, pending, schema = table->schema, &items = backend.items,
                       &objects = backend.objects](const Request& request) {
    const auto key = fill(pieces, request.captures);
    const auto item = items.get({configured.table, {{schema.key.name, key_value(schema.key.type, key)}}});
    if (!item.has_value()) {
      if (item.error().name == "Item.InvalidKey") return no_item(key, configured.table);
      spdlog::error("{}: {} ({})", configured.table, item.error().name, request.id);
      return error_response(500, "the item could not be read");
    }
    if (*item) return json_response(200, to_plain_json(**item));
    auto waiting = pending_item(configured, pending, schema, key, request, objects);
    return waiting ? *std::move(waiting) : no_item(key, configured.table);
  };
  auto route = blocking_route("GET", configured.path, [answer, configured](const Request& request) {
    auto response = answer(request);
    if (configured.public_to_pages) response.fields.push_back({"Access-Control-Allow-Origin", "*"});
    return response;
  });
  if (configured.public_to_pages) route.origins = Origins::Any;
  route.description = description(configured);
  return route;
}

}  // namespace stepd::api
