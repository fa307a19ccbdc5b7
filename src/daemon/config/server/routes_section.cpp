#include "daemon/config/server/routes_section.h"

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
  static constexpr std::string_view kOurs[] = {"/health", "/buckets/", "/2015-03-31/", "/console"};
  const bool ours = path == "/" || std::any_of(std::begin(kOurs), std::end(kOurs),
                                               [&](std::string_view own) { return path.starts_with(own); });
  if (!path.starts_with('/') || path.find_first_of(" ?#%") != std::string::npos) {
    mapping.fault_here("a path begins with / and has no space, %, ? or #");
  } else if (ours) {
    mapping.fault_here("this path is the server's own");
  }
}

/// The names in the braces of `key` must stand in the path.
void check_captures(Mapping& mapping, const std::string& member, const std::string& key, const std::string& path) {
  const auto captured = captures_of(mapping, path);
  for (const auto& name : captures_of(mapping, key)) {
    if (!captured.contains(name)) mapping.fault(member, "the path has no {" + name + "}");
  }
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
  std::vector<std::string> names;
  std::transform(things.begin(), things.end(), std::back_inserter(names), [](const auto& each) { return each.name; });
  return names;
}

/// A fault unless one of `things` has the name that `key` gives.
template <class T>
std::string read_known(Mapping& mapping, const std::string& key, const std::string& what,
                       const std::vector<T>& things) {
  auto name = mapping.text(key);
  const auto known = names_of(things);
  if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
    mapping.fault(key, "there is no " + what + " '" + name + "'" + suggestion(name, known));
  }
  return name;
}

api::ItemRoute read_status(const std::string& path, Mapping& mapping, const RouteTargets& targets) {
  api::ItemRoute route;
  route.path = path;
  route.table = read_known(mapping, "table", "table", targets.tables);
  route.key = mapping.text("key");
  check_captures(mapping, "key", route.key, path);
  route.public_to_pages = mapping.flag("cors", false);
  if (mapping.has("pending")) {
    mapping.section("pending", [&](Mapping& pending) {
      route.pending = {read_known(pending, "bucket", "bucket", targets.buckets), pending.text("key")};
      check_captures(pending, "key", route.pending->key, path);
    });
  } else {
    mapping.take("pending");
  }
  return route;
}

std::optional<api::MappingTemplate> read_mapping(Mapping& mapping) {
  const auto text = mapping.optional_text("mapping");
  if (!text) return std::nullopt;
  auto parsed = api::MappingTemplate::parse(*text);
  if (parsed) return *std::move(parsed);
  mapping.fault("mapping", parsed.error().cause);
  return std::nullopt;
}

/// The key is `METHOD /path`.
api::FunctionRoute read_function_route(const std::string& key, Mapping& mapping, const triggers::Origin& origin,
                                       const RouteTargets& targets) {
  static const std::vector<std::string> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};
  api::FunctionRoute route;
  const auto space = std::min(key.find(' '), key.size());
  route.method = key.substr(0, space);
  route.path = key.substr(std::min(space + 1, key.size()));
  route.account = origin.account;
  if (std::find(kMethods.begin(), kMethods.end(), route.method) == kMethods.end()) {
    mapping.fault_here("expected METHOD /path, the method one of GET, POST, PUT, PATCH and DELETE");
  } else {
    check_path(mapping, route.path);
    captures_of(mapping, route.path);
  }
  route.function =
      targets.any_function ? mapping.text("function") : read_known(mapping, "function", "function", targets.functions);
  const auto event = mapping.choice("event", {"proxy", "body", "proxy-1.0"});
  route.proxy = event != 1;
  route.rest = event == 2;
  route.stage = mapping.optional_text("stage").value_or("");
  route.public_to_pages = mapping.flag("cors", false);
  if (route.public_to_pages && route.method != "GET") mapping.fault("cors", "cors is for GET, which changes nothing");
  if (!route.proxy && (route.method == "GET" || route.method == "DELETE")) {
    mapping.fault("event", route.method + " has no body that could be the event");
  }
  return route;
}

api::StartRoute::Reply read_reply(Mapping& mapping, const std::vector<StateMachine>& machines) {
  using Reply = api::StartRoute::Reply;
  static constexpr Reply kReplies[] = {Reply::Start, Reply::Execution, Reply::Output};
  const auto reply = kReplies[mapping.choice("answer", {"start", "execution", "output"})];
  const Json* name = mapping.take("state_machine");
  const bool standard = std::any_of(machines.begin(), machines.end(), [&](const auto& each) {
    return name != nullptr && *name == each.name && each.type == storage::StateMachineType::Standard;
  });
  if (reply != Reply::Start && standard) {
    mapping.fault("answer", "only the end of an EXPRESS state machine can be waited for, and this one is STANDARD");
  }
  return reply;
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

api::Routes read_routes(Mapping& root, const triggers::Origin& origin, const RouteTargets& targets) {
  api::Routes routes;
  root.section("routes", [&](Mapping& section) {
    section.each("start", [&](const std::string& path, Mapping& mapping) {
      check_path(mapping, path);
      captures_of(mapping, path);
      api::StartRoute route;
      route.path = path;
      route.state_machine_arn = run::state_machine_arn(origin.region, origin.account,
                                                       read_target(mapping, "state_machine", targets.machines));
      route.required = mapping.texts("required");
      route.permitted = read_permitted(mapping);
      route.mapping = read_mapping(mapping);
      route.envelope = mapping.flag("envelope", false);
      if (route.envelope && mapping.has("mapping")) mapping.fault("envelope", "there is 'mapping' as well");
      route.reply = read_reply(mapping, targets.machines);
      routes.starts.push_back(std::move(route));
    });
    section.each("status", [&](const std::string& path, Mapping& mapping) {
      check_path(mapping, path);
      routes.items.push_back(read_status(path, mapping, targets));
    });
    section.each("functions", [&](const std::string& key, Mapping& mapping) {
      routes.functions.push_back(read_function_route(key, mapping, origin, targets));
    });
    routes.buckets = section.flag("buckets", true);
  });
  return routes;
}

}  // namespace stepd::daemon
