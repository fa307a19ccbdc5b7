#include "api/routes/start_route.h"

#include "api/protocol/api_error.h"
#include "api/routes/media.h"
#include "base/limits.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// None if the body may become an input.
std::optional<std::string> fault_of(const StartRoute& route, const std::string& text, const std::string& what) {
  const auto input = parse_json(text);
  if (!input.has_value()) return what + " must be a JSON object: " + input.error().cause;
  if (!input->is_object()) return what + " must be a JSON object";
  for (const auto& name : route.required) {
    const auto found = input->find(name);
    if (found == input->end() || found->is_null()) return "\"" + name + "\" is missing";
  }
  for (const auto& [name, values] : route.permitted) {
    const auto found = input->find(name);
    if (found == input->end()) continue;
    const bool known = found->is_string() &&
                       std::find(values.begin(), values.end(), found->get_ref<const std::string&>()) != values.end();
    if (!known) return "\"" + name + "\" has a value that is not permitted here";
  }
  return std::nullopt;
}

Checked<std::optional<std::string>> text_of(const Json& request, const char* member) {
  const auto found = request.find(member);
  if (found == request.end() || found->is_null()) return std::optional<std::string>();
  if (!found->is_string()) return ApiError("SerializationException", std::string(member) + " must be a text");
  return std::optional(found->get<std::string>());
}

/// StartExecution's own request, made by the route's mapping. An empty name counts as none.
Checked<run::StartExecution> map_request(const StartRoute& route, const Request& request) {
  const auto rendered = route.mapping->render(request);
  if (!rendered) return ApiError("SerializationException", "the body must be JSON: " + rendered.error().cause);
  const auto made = parse_json(*rendered);
  if (!made || !made->is_object()) {
    return ApiError("SerializationException", "with this body the mapping template gives no JSON object" +
                                                  (made ? std::string() : ": " + made.error().cause));
  }
  STEPD_TRY(const auto arn, text_of(*made, "stateMachineArn"));
  if (arn && *arn != route.state_machine_arn) {
    return ApiError("AccessDeniedException", "this path starts " + route.state_machine_arn + " alone", 403);
  }
  run::StartExecution wanted;
  wanted.state_machine_arn = route.state_machine_arn;
  STEPD_TRY(wanted.name, text_of(*made, "name"));
  if (wanted.name && wanted.name->empty()) wanted.name.reset();
  STEPD_TRY(auto input, text_of(*made, "input"));
  wanted.input = std::move(input).value_or("{}");
  return wanted;
}

Response refusal_in_aws_words(const ApiError& error) {
  return json_response(error.status, Json{{"__type", error.type}, {"message", error.message}});
}

Response started_response(const run::StartedExecution& started) {
  return json_response(200, Json{{"executionArn", started.arn}, {"startDate", to_epoch_seconds(started.started_at)}});
}

/// As an API Gateway integration of StartExecution answers.
void start_mapped(const StartRoute& route, const Backend& backend, const Request& request, const Reply& reply) {
  auto wanted = map_request(route, request);
  if (!wanted) return reply(refusal_in_aws_words(wanted.error()));
  const bool constrained = !route.required.empty() || !route.permitted.empty();
  if (const auto fault = constrained ? fault_of(route, wanted->input, "the input") : std::nullopt) {
    return reply(refusal_in_aws_words(ApiError("ValidationException", *fault)));
  }
  backend.gateway.start_execution(*std::move(wanted), [reply](const run::Answer<run::StartedExecution>& answer) {
    reply(answer ? started_response(*answer) : refusal_in_aws_words(to_api_error(answer.error())));
  });
}

int status_of(run::RefusalCode code) {
  switch (code) {
    case run::RefusalCode::ExecutionLimitExceeded:
    case run::RefusalCode::ThrottlingException:
      return 429;
    // The path's own state machine is missing: nothing that the caller did wrong.
    case run::RefusalCode::StateMachineDoesNotExist:
    case run::RefusalCode::StateMachineDeleting:
    case run::RefusalCode::ServiceUnavailable:
      return 503;
    default:
      return 400;
  }
}

void start(const StartRoute& route, const Backend& backend, Request request, const Reply& reply) {
  if (!media_type_accepted(request.media_type())) {
    return reply(error_response(415, "the content type must be application/json"));
  }
  if (route.mapping) return start_mapped(route, backend, request, reply);
  if (const auto fault = fault_of(route, request.body, "the body")) return reply(error_response(400, *fault));
  run::StartExecution wanted;
  wanted.state_machine_arn = route.state_machine_arn;
  wanted.input = std::move(request.body);
  backend.gateway.start_execution(std::move(wanted), [reply](run::Answer<run::StartedExecution> answer) {
    if (!answer.has_value()) return reply(error_response(status_of(answer.error().code), answer.error().message));
    reply(started_response(*answer));
  });
}

/// What the body must be: the constraints that are checked, or whatever the mapping takes.
Json body_schema(const StartRoute& route) {
  if (route.mapping) return Json::object();
  Json schema{{"type", "object"}};
  if (!route.required.empty()) schema["required"] = route.required;
  for (const auto& [name, values] : route.permitted)
    schema["properties"][name] = {{"type", "string"}, {"enum", values}};
  return schema;
}

std::string description(const StartRoute& route) {
  const Json started{{"type", "object"},
                     {"required", {"executionArn", "startDate"}},
                     {"properties",
                      {{"executionArn", {{"type", "string"}}},
                       {"startDate", {{"type", "number"}, {"description", "Seconds since 1970"}}}}}};
  return print_json(
      Json{{"summary", "Starts an execution of " + route.state_machine_arn},
           {"requestBody", {{"required", true}, {"content", {{"application/json", {{"schema", body_schema(route)}}}}}}},
           {"responses",
            {{"200",
              {{"description", "The start is stored"}, {"content", {{"application/json", {{"schema", started}}}}}}}}}});
}

}  // namespace

Route start_route(const StartRoute& configured, const Backend& backend) {
  Route route;
  route.method = configured.method;
  route.pattern = configured.path;
  route.body_bytes_max = limits::kPayloadBytes;
  route.description = description(configured);
  route.handle = [configured, backend](Request request, Reply reply, Workers& workers) {
    workers.post([configured, backend, request = std::move(request), reply = std::move(reply)]() mutable {
      const std::string id = request.id;
      try {
        start(configured, backend, std::move(request), reply);
      } catch (const std::exception& error) {
        spdlog::error("{} {}: {} ({})", configured.method, configured.path, error.what(), id);
        reply(error_response(500, "internal error"));
      }
    });
  };
  return route;
}

}  // namespace stepd::api
