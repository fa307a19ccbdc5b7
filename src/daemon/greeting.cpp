#include "daemon/greeting.h"

#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

std::string inbox_line(const Config& config) {
  if (config.paused) return "inbox    none: paused";
  std::string folders;
  for (const auto& bucket : config.buckets) {
    if (bucket.watch) folders += (folders.empty() ? "" : ", ") + bucket.path.string();
  }
  return "inbox    " + (folders.empty() ? "none: no bucket has watch: true" : folders);
}

/// A body that the route would take, as far as its configuration tells.
std::string example_body(const api::StartRoute& route) {
  Json body = Json::object();
  for (const auto& [name, values] : route.permitted) {
    if (!values.empty()) body[name] = values.front();
  }
  for (const auto& name : route.required) {
    if (!body.contains(name)) body[name] = name == "key" ? "photo.jpg" : "...";
  }
  return print_json(body);
}

std::string example_line(const Config& config, const std::string& url) {
  if (config.paused) return "paused   nothing runs and nothing can be started; start again without --paused for that";
  if (config.routes.starts.empty()) return "try      curl " + url + "/health";
  const auto& route = config.routes.starts.front();
  return "try      curl -d '" + example_body(route) + "' " + url + route.path;
}

}  // namespace

std::string greeting(const Config& config, std::uint16_t port) {
  const std::string url = url_of(config.listen.address, port);
  return "address  " + url + "\n" + inbox_line(config) + "\n" + example_line(config, url) + "\n";
}

}  // namespace stepd::daemon
