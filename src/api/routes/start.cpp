#include "api/routes/start.h"

#include "base/limits.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// Forms of foreign pages can send text/plain and multipart/form-data without asking. What curl -d says is let
/// through: pages that send it name their origin, and are refused for that.
bool media_type_accepted(const std::string& type) {
  static constexpr std::array<std::string_view, 4> kAccepted = {"", "application/json", "application/x-amz-json-1.0",
                                                                "application/x-www-form-urlencoded"};
  return type.ends_with("+json") || std::find(kAccepted.begin(), kAccepted.end(), type) != kAccepted.end();
}

/// None if the body may become an input.
std::optional<std::string> fault_of(const StartRoute& route, const std::string& body) {
  const auto input = parse_json(body);
  if (!input.has_value()) return "the body must be a JSON object: " + input.error().cause;
  if (!input->is_object()) return "the body must be a JSON object";
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

int status_of(run::RefusalCode code) {
  switch (code) {
    case run::RefusalCode::ExecutionLimitExceeded:
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
  if (const auto fault = fault_of(route, request.body)) return reply(error_response(400, *fault));
  run::StartExecution wanted;
  wanted.state_machine_arn = route.state_machine_arn;
  wanted.input = std::move(request.body);
  backend.gateway.start_execution(std::move(wanted), [reply](run::Answer<run::StartedExecution> answer) {
    if (!answer.has_value()) return reply(error_response(status_of(answer.error().code), answer.error().message));
    reply(json_response(200, Json{{"executionArn", answer->arn}, {"startDate", to_epoch_seconds(answer->started_at)}}));
  });
}

}  // namespace

Route start_route(const StartRoute& configured, const Backend& backend) {
  Route route;
  route.method = configured.method;
  route.pattern = configured.path;
  route.body_bytes_max = limits::kPayloadBytes;
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
