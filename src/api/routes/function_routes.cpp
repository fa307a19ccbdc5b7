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

/// The error object of Lambda: what a function's failure carries, else made of its name and cause.
std::string error_object(const AslError& error) {
  const auto carried = parse_json(error.cause);
  if (carried && carried->is_object() && carried->contains("errorType")) return error.cause;
  return print_json(Json{{"errorMessage", error.cause}, {"errorType", error.name}});
}

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
    wanted.payload = print_json(proxy_event(request, route.path, route.account, backend.clock.now()));
  } else {
    if (!parse_json(request.body)) return reply(error_response(400, "the body must be JSON"));
    wanted.payload = std::move(request.body);
  }
  backend.gateway.invoke_function(std::move(wanted),
                                  [route, reply, id = request.id](const run::Answer<run::InvokedFunction>& answered) {
                                    reply(response_to(route, answered, id));
                                  });
}

// ---- Lambda's Invoke ------------------------------------------------------------------------------------------------

Response lambda_error(int status, const std::string& type, const std::string& message) {
  auto response = json_response(status, Json{{"Type", "User"}, {"Message", message}});
  response.fields.push_back({"X-Amzn-ErrorType", type});
  return response;
}

Response invoke_response(const run::Answer<run::InvokedFunction>& answered) {
  if (!answered) return lambda_error(503, "ServiceException", answered.error().message);
  const auto& answer = answered->answer;
  if (!answer && answer.error().name == "Lambda.ResourceNotFoundException") {
    return lambda_error(404, "ResourceNotFoundException", answer.error().cause);
  }
  Response response;
  response.fields = {{"Content-Type", "application/json"}, {"X-Amz-Executed-Version", "$LATEST"}};
  if (!answer) response.fields.push_back({"X-Amz-Function-Error", "Unhandled"});
  response.body = answer ? answer->text() : error_object(answer.error());
  return response;
}

Response accepted(int status) {
  Response response;
  response.status = status;
  return response;
}

void invoke(const Backend& backend, Request request, const Reply& reply) {
  if (!request.body.empty() && !parse_json(request.body)) {
    return reply(lambda_error(400, "InvalidRequestContentException", "Could not parse request body into json"));
  }
  const auto type = request.field("x-amz-invocation-type");
  if (type == "DryRun") return reply(accepted(204));
  const bool waits = type != "Event";
  backend.gateway.invoke_function({request.captures.at("name"), std::move(request.body)},
                                  [reply, waits](const run::Answer<run::InvokedFunction>& answered) {
                                    if (waits) reply(invoke_response(answered));
                                  });
  if (!waits) reply(accepted(202));
}

/// What blocks or throws happens on a worker and costs one request.
Route worker_route(std::string method, std::string path, std::function<void(Request, const Reply&)> handle) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(path);
  route.handle = [handle = std::move(handle)](Request request, Reply reply, Workers& workers) {
    workers.post([handle, request = std::move(request), reply = std::move(reply)]() mutable {
      const std::string id = request.id;
      try {
        handle(std::move(request), reply);
      } catch (const std::exception& error) {
        spdlog::error("a function's route: {} ({})", error.what(), id);
        reply(error_response(500, "internal error"));
      }
    });
  };
  return route;
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

constexpr auto kInvokeDescription = R"({
  "summary": "AWS Lambda's Invoke, for the functions of the configuration",
  "parameters": [{"name": "X-Amz-Invocation-Type", "in": "header", "schema": {"type": "string", "enum": ["RequestResponse", "Event", "DryRun"]}}],
  "requestBody": {"content": {"application/json": {"schema": {}, "example": {"width": 128}}}},
  "responses": {
    "200": {"description": "What the function answers; its error object where X-Amz-Function-Error is there"},
    "202": {"description": "Of Event: it is called"},
    "204": {"description": "Of DryRun: nothing is done"}
  }
})";

}  // namespace

Route function_route(const FunctionRoute& configured, const Backend& backend) {
  auto route =
      worker_route(configured.method, configured.path, [configured, backend](Request request, const Reply& reply) {
        call(configured, backend, std::move(request), reply);
      });
  const bool has_body = configured.method != "GET" && configured.method != "DELETE";
  if (has_body) route.body_bytes_max = limits::kRequestBytes;
  route.decodes_bodies = configured.proxy;  // the function sees the field and the bytes
  if (configured.public_to_pages && configured.method == "GET") route.origins = Origins::Any;
  route.description = description(configured);
  return route;
}

Route lambda_invoke_route(const Backend& backend) {
  auto route =
      worker_route("POST", "/2015-03-31/functions/{name}/invocations",
                   [backend](Request request, const Reply& reply) { invoke(backend, std::move(request), reply); });
  route.body_bytes_max = limits::kRequestBytes;
  route.description = kInvokeDescription;
  return route;
}

}  // namespace stepd::api
