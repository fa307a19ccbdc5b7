#include "functions/launch/launch_orders.h"

#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::functions {
namespace {

/// Both sides run the same program: what does not fit is damage, not another version.
template <class T, class Read>
Result<T> read_object(const std::string& text, Read read) {
  const auto parsed = parse_json(text);
  if (!parsed) return parsed.error();
  try {
    return read(*parsed);
  } catch (const Json::exception& error) {
    return AslError{"", error.what()};
  }
}

}  // namespace

std::string encode(const LaunchRules& rules) {
  return print_json(Json{{"confined", rules.confined}, {"staging", rules.staging}});
}

Result<LaunchRules> decode_rules(const std::string& text) {
  return read_object<LaunchRules>(text, [](const Json& read) {
    return LaunchRules{read.at("confined").get<bool>(), read.at("staging").get<std::string>()};
  });
}

std::string encode(const Order& order) {
  const Launch& launch = order.launch;
  if (order.kind == Order::Kind::Kill) return print_json(Json{{"kill", launch.id}});
  return print_json(Json{{"start", launch.id},
                         {"command", launch.command},
                         {"environment", launch.environment},
                         {"code", launch.code},
                         {"layers", launch.layers},
                         {"runtime", launch.runtime},
                         {"scratch", launch.scratch},
                         {"readable", launch.readable},
                         {"memory", launch.memory},
                         {"file_bytes", launch.file_bytes},
                         {"user", launch.user}});
}

Result<Order> decode_order(const std::string& text) {
  return read_object<Order>(text, [](const Json& read) {
    Order order;
    if (read.contains("kill")) {
      order.kind = Order::Kind::Kill;
      order.launch.id = read.at("kill").get<std::uint64_t>();
      return order;
    }
    Launch& launch = order.launch;
    launch.id = read.at("start").get<std::uint64_t>();
    launch.command = read.at("command").get<std::vector<std::string>>();
    launch.environment = read.at("environment").get<std::vector<std::string>>();
    launch.code = read.at("code").get<std::string>();
    launch.layers = read.at("layers").get<std::string>();
    launch.runtime = read.at("runtime").get<std::string>();
    launch.scratch = read.at("scratch").get<std::string>();
    launch.readable = read.at("readable").get<std::vector<std::string>>();
    launch.memory = read.at("memory").get<std::uint64_t>();
    launch.file_bytes = read.at("file_bytes").get<std::uint64_t>();
    launch.user = read.at("user").get<unsigned>();
    return order;
  });
}

std::string encode(const Notice& notice) {
  return print_json(Json{{"kind", static_cast<int>(notice.kind)},
                         {"id", notice.id},
                         {"pid", notice.pid},
                         {"status", notice.status},
                         {"error", notice.error},
                         {"view", notice.fences.view},
                         {"landlock", notice.fences.landlock},
                         {"own_user", notice.fences.own_user},
                         {"confined", notice.fences.confined}});
}

Result<Notice> decode_notice(const std::string& text) {
  return read_object<Notice>(text, [](const Json& read) {
    Notice notice;
    notice.kind = static_cast<Notice::Kind>(read.at("kind").get<int>());
    notice.id = read.at("id").get<std::uint64_t>();
    notice.pid = read.at("pid").get<int>();
    notice.status = read.at("status").get<int>();
    notice.error = read.at("error").get<std::string>();
    notice.fences.view = read.at("view").get<bool>();
    notice.fences.landlock = read.at("landlock").get<int>();
    notice.fences.own_user = read.at("own_user").get<bool>();
    notice.fences.confined = read.at("confined").get<bool>();
    return notice;
  });
}

std::string describe(const FunctionFences& fences) {
  if (!fences.confined) return "resource limits alone, as function_workers.confined is false";
  std::string stands = "seccomp, resource limits";
  std::string missing;
  const auto say = [&](bool holds, const std::string& name) {
    std::string& list = holds ? stands : missing;
    list += (list.empty() ? "" : ", ") + name;
  };
  say(fences.landlock > 0, fences.landlock > 0 ? "Landlock " + std::to_string(fences.landlock) : "Landlock");
  say(fences.view, "own namespaces");
  if (fences.own_user) say(true, "own users");
  return missing.empty() ? stands : stands + "; not to be had here: " + missing;
}

}  // namespace stepd::functions
