#include "templates/completion.h"

#include "templates/resources/resources.h"

#include <algorithm>
#include <array>
#include <set>

namespace stepd::templates {
namespace {

constexpr int kPathDepth = 50;

template <class T>
bool has_name(const std::vector<T>& things, const std::string& name) {
  return std::any_of(things.begin(), things.end(), [&](const T& each) { return each.name == name; });
}

bool is_served(const Project& project, const Target& target) {
  switch (target.kind) {
    case Target::Kind::Machine:
      return has_name(project.machines, target.name);
    case Target::Kind::Function:
      return has_name(project.functions, target.name);
    case Target::Kind::Topic:
      return has_name(project.topics, target.name);
  }
  return false;
}

std::string described(const Target& target) {
  const char* kinds[] = {"state machine ", "function ", "topic "};
  return kinds[static_cast<std::size_t>(target.kind)] + target.name;
}

void leave_out(Project& project, const Origin& origin, const std::string& what) {
  project.unserved.push_back({origin, what});
}

template <class T>
void check_names(const std::vector<T>& things, const char* what, Problems& problems) {
  std::set<std::string> seen;
  for (const auto& each : things) {
    if (seen.insert(each.name).second) continue;
    problems.enter(each.origin.file);
    problems.error(each.origin.at, each.origin.id + ": there is another " + what + " of the name " + each.name);
  }
}

/// Rules and notifications of one name are numbered: a template may name a rule as it names a function.
template <class T>
void number_names(std::vector<T>& things) {
  std::set<std::string> seen;
  for (auto& each : things) {
    const auto base = each.name;
    for (int count = 2; !seen.insert(each.name).second; ++count) each.name = base + "-" + std::to_string(count);
  }
}

template <class T>
void drop_unserved(std::vector<T>& things, Project& project) {
  std::erase_if(things, [&](const T& each) {
    if (is_served(project, each.target)) return false;
    leave_out(project, each.origin, each.name + " leads to the " + described(each.target) + ", which is not served");
    return true;
  });
}

void connect_subscribers(Draft& draft) {
  auto& project = draft.project;
  for (auto& [arn, subscriber] : draft.subscribers) {
    const auto target = target_of(arn);
    const auto topic = std::find_if(project.topics.begin(), project.topics.end(), [&](const ProjectTopic& each) {
      return target && target->kind == Target::Kind::Topic && each.name == target->name;
    });
    if (topic == project.topics.end()) {
      leave_out(project, subscriber.origin, "a subscription to " + arn + ", which is no topic of these templates");
    } else if (!subscriber.function.empty() && !has_name(project.functions, subscriber.function)) {
      leave_out(project, subscriber.origin,
                "a subscription of the function " + subscriber.function + ", which is not served");
    } else {
      topic->subscribers.push_back(std::move(subscriber));
    }
  }
  for (auto& topic : project.topics) number_names(topic.subscribers);
}

void watch_buckets(Draft& draft) {
  auto& project = draft.project;
  std::erase_if(project.notifications, [&](const ProjectNotification& each) {
    if (has_name(project.buckets, each.bucket)) return false;
    leave_out(project, each.origin, "notifications of the bucket " + each.bucket + ", which is not in these templates");
    return true;
  });
  for (auto& bucket : project.buckets) {
    bucket.watched =
        std::find(draft.event_buckets.begin(), draft.event_buckets.end(), bucket.name) != draft.event_buckets.end() ||
        std::any_of(project.notifications.begin(), project.notifications.end(),
                    [&](const auto& each) { return each.bucket == bucket.name; });
  }
}

/// `/a/b` of a resource whose id is `id`; the root is the empty path.
std::string path_of(const Draft& draft, const std::string& id) {
  std::string path;
  std::string at = id;
  for (int depth = 0; depth < kPathDepth; ++depth) {
    const auto found = draft.api_paths.find(at);
    if (found == draft.api_paths.end()) break;
    path = "/" + found->second.segment + path;
    at = found->second.parent;
  }
  return path;
}

/// What stepd itself serves, and paths that it cannot: see routes in config/stepd.yaml.
bool is_taken(const std::string& path) {
  if (path == "/" || path == "/health") return true;
  static constexpr std::array<std::string_view, 3> kOurs{"/buckets/", "/2015-03-31/", "/console"};
  return std::any_of(kOurs.begin(), kOurs.end(), [&](std::string_view own) { return path.starts_with(own); });
}

bool is_route_path(const std::string& path) { return path.find_first_of(" ?#%") == std::string::npos; }

/// API Gateway's address is /STAGE/PATH; the same without the stage is served where nothing else has it.
std::vector<ProjectRoute::Address> addresses_of(const Draft& draft, const std::string& api, const std::string& path) {
  std::vector<ProjectRoute::Address> addresses;
  const auto stages = draft.stages.find(api);
  const auto names = stages == draft.stages.end() ? std::vector<std::string>{"Prod"} : stages->second;
  for (const auto& stage : names) {
    if (stage != "$default") addresses.push_back({"/" + stage + (path == "/" ? "" : path), stage});
  }
  addresses.push_back({path, names.front() == "$default" ? "" : names.front()});
  return addresses;
}

void place_routes(Draft& draft) {
  auto& project = draft.project;
  std::set<std::string> taken;
  for (auto& [api, route] : draft.api_routes) {
    std::string path = route.path;
    if (draft.api_paths.contains(path.substr(1))) path = route_path(path_of(draft, path.substr(1)));
    if (path.starts_with("/root-")) path = "/";
    static const std::vector<std::string> kEvery{"GET", "POST", "PUT", "PATCH", "DELETE"};
    const auto methods = route.method == "ANY" ? kEvery : std::vector<std::string>{route.method};
    if (std::find(kEvery.begin(), kEvery.end(), methods.front()) == kEvery.end()) {
      if (route.method != "OPTIONS") leave_out(project, route.origin, "the method " + route.method + " of " + path);
      continue;
    }
    for (const auto& address : addresses_of(draft, api, path)) {
      if (is_taken(address.path) || !is_route_path(address.path)) continue;
      const bool fresh = std::all_of(methods.begin(), methods.end(),
                                     [&](const auto& method) { return !taken.contains(method + " " + address.path); });
      if (!fresh) continue;
      for (const auto& method : methods) taken.insert(method + " " + address.path);
      route.addresses.push_back(address);
    }
    if (route.addresses.empty()) {
      leave_out(project, route.origin, route.method + " " + path + ": the path is taken, or stepd's own");
    } else {
      // Without a mapping template the body names the state machine, which is the only one.
      if (route.target.empty() && project.machines.size() == 1) route.target = project.machines.front().name;
      project.routes.push_back(std::move(route));
    }
  }
  std::erase_if(project.routes, [&](const ProjectRoute& each) {
    const bool start = each.kind == ProjectRoute::Kind::Start;
    if (start && each.target.empty()) {
      leave_out(project, each.origin, each.addresses.front().path + " does not say which state machine is started");
      return true;
    }
    const Target target{start ? Target::Kind::Machine : Target::Kind::Function, each.target};
    if (is_served(project, target)) return false;
    leave_out(project, each.origin,
              each.method + " " + each.addresses.front().path + " leads to the " + described(target) +
                  ", which is not served");
    return true;
  });
}

/// STANDARD state machines cannot be waited for.
void check_answers(Project& project, Problems& problems) {
  for (auto& route : project.routes) {
    if (route.kind != ProjectRoute::Kind::Start || route.answer == ProjectRoute::Answer::Start) continue;
    const bool express = std::any_of(project.machines.begin(), project.machines.end(),
                                     [&](const auto& each) { return each.name == route.target && each.express; });
    if (express) continue;
    problems.enter(route.origin.file);
    problems.error(route.origin.at, route.origin.id + ": StartSyncExecution is for EXPRESS state machines, and " +
                                        route.target + " is STANDARD");
  }
}

void resolve_layers(Draft& draft) {
  for (auto& function : draft.project.functions) {
    for (auto& layer : function.layers) {
      const auto known = draft.layers.find(layer);
      if (known != draft.layers.end()) layer = known->second;
    }
  }
}

}  // namespace

void complete(Draft& draft, Problems& problems) {
  auto& project = draft.project;
  resolve_layers(draft);
  connect_subscribers(draft);
  drop_unserved(project.rules, project);
  drop_unserved(project.notifications, project);
  watch_buckets(draft);
  place_routes(draft);
  check_answers(project, problems);
  check_names(project.buckets, "bucket", problems);
  check_names(project.tables, "table", problems);
  check_names(project.topics, "topic", problems);
  check_names(project.functions, "function", problems);
  check_names(project.machines, "state machine", problems);
  number_names(project.rules);
  number_names(project.notifications);
}

}  // namespace stepd::templates
