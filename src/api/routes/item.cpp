#include "api/routes/item.h"

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

std::vector<Piece> read_template(const ItemRoute& route) {
  std::vector<Piece> pieces;
  std::string_view rest = route.key;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    if (open != 0) pieces.push_back({false, std::string(rest.substr(0, open))});
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos) {
      throw std::invalid_argument("route \"" + route.path + "\": the key \"" + route.key + "\" lacks a }");
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

}  // namespace

Route item_route(const ItemRoute& configured, const Backend& backend) {
  const auto tables = backend.items.tables();
  if (std::none_of(tables.begin(), tables.end(), [&](const auto& table) { return table.name == configured.table; })) {
    throw std::invalid_argument("route \"" + configured.path + "\": there is no table \"" + configured.table + "\"");
  }
  const auto pieces = read_template(configured);
  const auto& items = backend.items;
  return blocking_route("GET", configured.path, [pieces, table = configured.table, &items](const Request& request) {
    const auto key = fill(pieces, request.captures);
    const auto item = items.get(table, Json(key));
    if (!item.has_value()) {
      if (item.error().name == "Item.InvalidKey") return no_item(key, table);
      spdlog::error("{}: {} ({})", table, item.error().name, request.id);
      return error_response(500, "the item could not be read");
    }
    return *item ? json_response(200, **item) : no_item(key, table);
  });
}

}  // namespace stepd::api
