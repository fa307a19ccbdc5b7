// GET executions/{machine}/{name}/state?event: what went into one visit of a state and came out of it, and its tries.
#include "api/console/endpoints/endpoint.h"

#include "engine/run/digest/event_rows.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Json describe_attempt(const run::StateAttempt& attempt) {
  Json described{{"at", to_milliseconds(attempt.at)}, {"resource", attempt.resource}};
  if (attempt.input) described["input"] = attempt.input->text();
  if (attempt.ended_at) described["endedAt"] = to_milliseconds(*attempt.ended_at);
  if (attempt.retried_at) described["retriedAt"] = to_milliseconds(*attempt.retried_at);
  if (attempt.failure.error) described["error"] = *attempt.failure.error;
  if (attempt.failure.cause) described["cause"] = *attempt.failure.cause;
  return described;
}

/// Texts are at most limits::kPayloadBytes each, and variables that in sum, so the answer stays below 2 MB.
Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto entry = static_cast<core::EventNumber>(read_count(request, "event", 1, UINT32_MAX));
  const auto visit = run::read_state_visit(context.backend.reader, found.record->id, entry);
  if (!visit) return error_response(404, "no state was entered with this event");
  Json body{{"state", visit->state}, {"input", visit->input.text()}, {"caught", visit->caught}, {"next", visit->next}};
  if (visit->output) body["output"] = visit->output->text();
  Json assigned = Json::object();
  for (const auto& [name, value] : visit->assigned) assigned[name] = value.text();
  body["assigned"] = std::move(assigned);
  Json attempts = Json::array();
  for (const auto& attempt : visit->attempts) attempts.push_back(describe_attempt(attempt));
  body["attempts"] = std::move(attempts);
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_state;
const Endpoint console_state{"GET", "executions/{machine}/{name}/state", answer};

}  // namespace stepd::api
