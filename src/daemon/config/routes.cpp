#include "daemon/config/routes.h"

#include "engine/run/arn.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::daemon {
namespace {

/// Names in `{name}` and `{name...}`; a fault if a brace is left alone.
std::set<std::string> captures_of(Mapping& mapping, const std::string& path) {
  std::set<std::string> names;
  for (std::size_t at = 0; (at = path.find('{', at)) != std::string::npos;) {
    const auto end = path.find('}', at);
    std::string name = end == std::string::npos ? "" : path.substr(at + 1, end - at - 1);
    if (name.ends_with("...")) name.resize(name.size() - 3);
    if (name.empty() || name.find('{') != std::string::npos) {
      mapping.fault_here("the path has a '{' that names nothing: {name} or {name...}");
      return names;
    }
    names.insert(std::move(name));
    at = end;
  }
  return names;
}

void check_path(Mapping& mapping, const std::string& path) {
  static constexpr std::string_view kOurs[] = {"/health", "/buckets/"};
  const bool ours = path == "/" || std::any_of(std::begin(kOurs), std::end(kOurs),
                                               [&](std::string_view own) { return path.starts_with(own); });
  if (!path.starts_with('/') || path.find_first_of(" ?#%") != std::string::npos) {
    mapping.fault_here("a path begins with / and has no space, %, ? or #");
  } else if (ours) {
    mapping.fault_here("this path is the server's own");
  }
}

api::ItemRoute read_status(const std::string& path, Mapping& mapping, const std::vector<TableSchema>& tables) {
  api::ItemRoute route{path, mapping.text("table"), mapping.text("key")};
  std::vector<std::string> known;
  std::transform(tables.begin(), tables.end(), std::back_inserter(known), [](const auto& each) { return each.name; });
  if (!route.table.empty() && std::find(known.begin(), known.end(), route.table) == known.end()) {
    mapping.fault("table", "there is no table '" + route.table + "'" + suggestion(route.table, known));
  }
  const auto captured = captures_of(mapping, path);
  for (const auto& name : captures_of(mapping, route.key)) {
    if (!captured.contains(name)) mapping.fault("key", "the path has no {" + name + "}");
  }
  return route;
}

std::map<std::string, std::vector<std::string>> read_permitted(Mapping& mapping) {
  std::map<std::string, std::vector<std::string>> permitted;
  const Json* members = mapping.object("permitted", false);
  if (members == nullptr) return permitted;
  Mapping inner(*members, mapping.pointer_to("permitted"), mapping.reading());
  for (const auto& [name, values] : members->items()) permitted[name] = inner.texts(name);
  return permitted;
}

}  // namespace

api::Routes read_routes(Mapping& root, const triggers::Origin& origin, const std::vector<StateMachine>& machines,
                        const std::vector<TableSchema>& tables) {
  api::Routes routes;
  root.section("routes", [&](Mapping& section) {
    section.each("start", [&](const std::string& path, Mapping& mapping) {
      check_path(mapping, path);
      captures_of(mapping, path);
      routes.starts.push_back(
          {path, run::state_machine_arn(origin.region, origin.account, read_target(mapping, "state_machine", machines)),
           mapping.texts("required"), read_permitted(mapping)});
    });
    section.each("status", [&](const std::string& path, Mapping& mapping) {
      check_path(mapping, path);
      routes.items.push_back(read_status(path, mapping, tables));
    });
    routes.buckets = section.flag("buckets", true);
  });
  return routes;
}

}  // namespace stepd::daemon
