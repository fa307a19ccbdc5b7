#include "api/routes/function_routes.h"

#include "api/routes/media.h"
#include "api/routes/proxy.h"
#include "base/limits.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Response internal_server_error() { return json_response(500, Json{{"message", "Internal Server Error"}}); }

/// The function could not begin with the event, which is what the caller sent.
bool is_fault_of_event(const AslError& error) {
  static constexpr std::array<std::string_view, 5> kNames = {"Handler.InvalidEvent", "Handler.InvalidArguments",
                                                             "Object.InvalidKey", "Item.InvalidKey", "InvalidName"};
  return std::find(kNames.begin(), kNames.end(), error.name) != kNames.end();
}

Response response_to(const FunctionRoute& route, const run::Answer<run::InvokedFunction>& answered,
                     const std::string& request_id) {
  if (!answered) return error_response(503, answered.error().message);
  const auto& answer = answered->answer;
  if (!answer && is_fault_of_event(answer.error())) return error_response(400, answer.error().cause);
  if (!answer) {
    spdlog::error("{} {}: {} failed: {}: {} ({})", route.method, route.path, route.function, answer.error().name,
                  answer.error().cause, request_id);
    return internal_server_error();
  }
  auto response = route.proxy ? proxy_response(answer->json()) : json_response(200, answer->json());
  if (!response) {
    spdlog::error("{} {}: the answer of {} cannot be sent ({})", route.method, route.path, route.function, request_id);
    return internal_server_error();
  }
  return *std::move(response);
}

void call(const FunctionRoute& route, const Backend& backend, Request request, const Reply& reply) {
  if (route.method != "GET" && !media_type_accepted(request.media_type())) {
    return reply(error_response(415, "the content type must be application/json"));
  }
  run::InvokeFunction wanted{route.function, ""};
  if (route.proxy) {
    const ProxyRoute proxied{route.path, route.account, route.stage};
    wanted.payload = print_json((route.rest ? rest_event : proxy_event)(request, proxied, backend.clock.now()));
  } else {
    if (!parse_json(request.body)) return reply(error_response(400, "the body must be JSON"));
    wanted.payload = std::move(request.body);
  }
  backend.gateway.invoke_function(std::move(wanted),
                                  [route, reply, id = request.id](const run::Answer<run::InvokedFunction>& answered) {
                                    reply(response_to(route, answered, id));
                                  });
}

std::string description(const FunctionRoute& route) {
  Json operation{{"summary", "Calls the function \"" + route.function + "\""},
                 {"responses",
                  {{route.proxy ? "default" : "200",
                    {{"description", route.proxy ? "Status, header fields and body are the function's"
                                                 : "What the function answers, as JSON"}}}}}};
  if (!route.proxy) operation["requestBody"] = {{"content", {{"application/json", {{"schema", Json::object()}}}}}};
  return print_json(operation);
}

}  // namespace

Route function_route(const FunctionRoute& configured, const Backend& backend) {
  auto route =
      asking_route(configured.method, configured.path, [configured, backend](Request request, const Reply& reply) {
        call(configured, backend, std::move(request), reply);
      });
  const bool has_body = configured.method != "GET" && configured.method != "DELETE";
  if (has_body) route.body_bytes_max = limits::kRequestBytes;
  route.decodes_bodies = configured.proxy;  // the function sees the field and the bytes
  if (configured.public_to_pages && configured.method == "GET") route.origins = Origins::Any;
  route.description = description(configured);
  return route;
}

}  // namespace stepd::api
