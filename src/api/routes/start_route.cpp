#include "api/routes/start_route.h"

#include "api/operations/states/sync_response.h"
#include "api/protocol/api_error.h"
#include "api/protocol/members.h"
#include "api/routes/media.h"
#include "base/limits.h"
#include "base/payload.h"
#include "base/trace_header.h"
#include "base/value/json_border.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

// ---- what is asked for ----------------------------------------------------------------------------------------------

/// As a reason ends: what would have been right.
std::string wanted_here(const StartRoute& route) {
  std::string members;
  for (const auto& name : route.required) members += (members.empty() ? " with \"" : ", \"") + name + "\"";
  const std::string wanted = "; wanted is the input, a JSON object" + members;
  if (!route.envelope) return wanted;
  return wanted + R"(, or StartExecution's request with the input as a text: {"input": "{...}", "name": "..."})";
}

/// None if `text`, which a reason calls `what`, may become an input.
std::optional<std::string> fault_of(const StartRoute& route, const std::string& text, const std::string& what) {
  const auto input = parse_json(text);
  if (!input.has_value()) return what + " must be a JSON object: " + input.error().cause;
  if (!input->is_object()) return what + " must be a JSON object";
  for (const auto& name : route.required) {
    const auto found = input->find(name);
    if (found == input->end()) return what + " lacks a member: \"" + name + "\" is missing";
    if (found->is_null()) return "\"" + name + "\" is null, and a value is wanted";
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

/// An object of StartExecution's members alone, of which an input of its own has hardly any.
bool is_envelope(const Json& body) {
  static constexpr std::array<std::string_view, 4> kMembers{"stateMachineArn", "input", "name", "traceHeader"};
  if (!body.is_object() || !(body.contains("input") || body.contains("stateMachineArn"))) return false;
  const auto items = body.items();
  return std::all_of(items.begin(), items.end(), [](const auto& member) {
    return std::find(kMembers.begin(), kMembers.end(), member.key()) != kMembers.end();
  });
}

/// From StartExecution's own request. An empty name counts as none.
Checked<run::StartExecution> read_envelope(const StartRoute& route, const Json& request) {
  STEPD_TRY(const auto arn, text_of(request, "stateMachineArn"));
  if (arn && *arn != route.state_machine_arn) {
    return ApiError("AccessDeniedException", "this path starts " + route.state_machine_arn + " alone", 403);
  }
  run::StartExecution wanted;
  wanted.state_machine_arn = route.state_machine_arn;
  STEPD_TRY(wanted.name, text_of(request, "name"));
  if (wanted.name && wanted.name->empty()) wanted.name.reset();
  STEPD_TRY(const auto trace, text_of(request, "traceHeader"));
  wanted.trace_header = trace.value_or("");
  STEPD_TRY(auto input, text_of(request, "input"));
  const bool constrained = !route.required.empty() || !route.permitted.empty();
  if (!input && constrained && request.contains("input")) {
    return ApiError("ValidationException", R"(StartExecution's request has no input: "input" is null)");
  }
  if (!input && constrained) {
    return ApiError("ValidationException",
                    std::string(R"(StartExecution's request lacks its member: "input" is missing)") +
                        (route.mapping ? "; the mapping makes it of the body" : ""));
  }
  wanted.input = std::move(input).value_or("{}");
  if (const auto fault = constrained ? fault_of(route, wanted.input, "the input") : std::nullopt) {
    return ApiError("ValidationException", *fault);
  }
  return wanted;
}

Checked<run::StartExecution> map_request(const StartRoute& route, const Request& request) {
  const auto rendered = route.mapping->render(request);
  if (!rendered) return ApiError("SerializationException", "the body must be JSON: " + rendered.error().cause);
  const auto made = parse_json(*rendered);
  if (!made || !made->is_object()) {
    return ApiError("SerializationException", "with this body the mapping template gives no JSON object" +
                                                  (made ? std::string() : ": " + made.error().cause));
  }
  return read_envelope(route, *made);
}

/// A body says nothing of traces. What is no trace header is ignored, as it is not what the request is about.
std::string trace_of(const Request& request) {
  const auto header = trace_header_of(request.field("x-amzn-trace-id"), request.field("traceparent"));
  return header.size() <= rules::kTraceHeader.length_max && parse_xray_header(header) ? header : "";
}

Checked<run::StartExecution> read_request(const StartRoute& route, Request request) {
  if (route.mapping) return map_request(route, request);
  if (route.envelope) {
    const auto body = parse_json(request.body);
    if (body && is_envelope(*body)) return read_envelope(route, *body);
  }
  if (const auto fault = fault_of(route, request.body, "the body")) {
    return ApiError("ValidationException", *fault + wanted_here(route));
  }
  run::StartExecution wanted;
  wanted.state_machine_arn = route.state_machine_arn;
  wanted.input = std::move(request.body);
  return wanted;
}

// ---- what is answered -----------------------------------------------------------------------------------------------

/// Behind API Gateway's integration errors are StartExecution's own.
bool speaks_aws(const StartRoute& route) { return route.mapping || route.envelope; }

Response refusal_of(const StartRoute& route, const ApiError& error) {
  if (!speaks_aws(route)) return error_response(error.status, error.message);
  return json_response(error.status, Json{{"__type", error.type}, {"message", error.message}});
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

Response refusal_of(const StartRoute& route, const run::Refusal& refusal) {
  if (speaks_aws(route)) return refusal_of(route, to_api_error(refusal));
  return error_response(status_of(refusal.code), refusal.message);
}

Response started_response(const run::StartedExecution& started) {
  return json_response(200, Json{{"executionArn", started.arn}, {"startDate", to_epoch_seconds(started.started_at)}});
}

Response ended_response(const StartRoute& route, const run::EndedExecution& ended) {
  if (route.reply == StartRoute::Reply::Execution)
    return json_response(200, to_json(sync_response(ended, Inclusion::All)));
  if (ended.output) {
    Response response;
    response.fields = {{"Content-Type", "application/json"}};
    response.body = ended.output->text();
    return response;
  }
  const bool late = ended.status == storage::ExecutionStatus::TimedOut;
  const auto error = ended.error.value_or(late ? "States.Timeout" : "");
  return json_response(late ? 504 : 500, Json{{"error", error}, {"cause", ended.cause.value_or("")}});
}

void start(const StartRoute& route, const Backend& backend, Request request, const Reply& reply) {
  if (!media_type_accepted(request.media_type())) {
    return reply(error_response(415, "the content type must be application/json"));
  }
  const auto trace = trace_of(request);
  auto wanted = read_request(route, std::move(request));
  if (!wanted) return reply(refusal_of(route, wanted.error()));
  if (wanted->trace_header.empty()) wanted->trace_header = trace;
  if (route.reply == StartRoute::Reply::Start) {
    return backend.gateway.start_execution(
        *std::move(wanted), [route, reply](const run::Answer<run::StartedExecution>& answer) {
          reply(answer ? started_response(*answer) : refusal_of(route, answer.error()));
        });
  }
  backend.gateway.start_sync_execution(
      *std::move(wanted), [route, reply](const run::Answer<run::EndedExecution>& answer) {
        reply(answer ? ended_response(route, *answer) : refusal_of(route, answer.error()));
      });
}

// ---- what is said of it ---------------------------------------------------------------------------------------------

/// What the body must be: the constraints that are checked, or whatever the mapping takes.
Json body_schema(const StartRoute& route) {
  if (route.mapping) return Json::object();
  Json schema{{"type", "object"}};
  if (!route.required.empty()) schema["required"] = route.required;
  for (const auto& [name, values] : route.permitted)
    schema["properties"][name] = {{"type", "string"}, {"enum", values}};
  if (!route.envelope) return schema;
  const Json text{{"type", "string"}};
  const Json envelope{
      {"type", "object"},
      {"required", {"input"}},
      {"additionalProperties", false},
      {"properties", {{"stateMachineArn", text}, {"input", text}, {"name", text}, {"traceHeader", text}}}};
  return Json{{"anyOf", {std::move(schema), envelope}}};
}

Json answers(const StartRoute& route) {
  const auto answer = [](const char* what, Json schema) {
    return Json{{"description", what}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
  };
  switch (route.reply) {
    case StartRoute::Reply::Execution:
      return Json{{"200", answer("The execution has ended, well or badly: StartSyncExecution's response",
                                 Json{{"type", "object"}, {"required", {"executionArn", "status"}}})}};
    case StartRoute::Reply::Output:
      return Json{{"200", answer("The output of the execution", Json::object())},
                  {"500", answer("The execution failed", Json{{"type", "object"}})},
                  {"504", answer("The execution timed out", Json{{"type", "object"}})}};
    case StartRoute::Reply::Start:
      break;
  }
  const Json started{{"type", "object"},
                     {"required", {"executionArn", "startDate"}},
                     {"properties",
                      {{"executionArn", {{"type", "string"}}},
                       {"startDate", {{"type", "number"}, {"description", "Seconds since 1970"}}}}}};
  return Json{{"200", answer("The start is stored", started)}};
}

std::string description(const StartRoute& route) {
  const auto* verb = route.reply == StartRoute::Reply::Start ? "Starts an execution of " : "Runs an execution of ";
  return print_json(
      Json{{"summary", verb + route.state_machine_arn},
           {"requestBody", {{"required", true}, {"content", {{"application/json", {{"schema", body_schema(route)}}}}}}},
           {"responses", answers(route)}});
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
