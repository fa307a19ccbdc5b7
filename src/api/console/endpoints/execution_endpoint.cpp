// GET executions/{machine}/{name}: the header of one execution, the fate of each of its states, and its first and last
// events. The answer is bounded however long the execution is.
#include "api/console/endpoints/endpoint.h"

#include "api/protocol/shapes.h"
#include "engine/run/arn.h"
#include "engine/run/digest/event_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {

Json describe_event(const run::EventRow& row);

namespace {

constexpr std::size_t kTextBytes = 64 * 1024;  // of input and output here; the whole is DescribeExecution's to give
constexpr std::size_t kEventsOfEach = 200;
constexpr std::size_t kStatesShown = 2'000;

const char* end_name(run::VisitEnd end) {
  static constexpr const char* kNames[] = {"running", "succeeded", "failed", "caught", "timedOut", "aborted"};
  return kNames[static_cast<std::size_t>(end)];
}

Json describe_visit(const run::VisitDigest& visit) {
  Json described{{"event", visit.event}, {"from", to_milliseconds(visit.from)}, {"end", end_name(visit.end)}};
  if (visit.to) described["to"] = to_milliseconds(*visit.to);
  if (visit.waits) described["waits"] = true;
  if (visit.attempts.size() > 1 || (!visit.attempts.empty() && !visit.attempts.back().error.empty())) {
    Json attempts = Json::array();
    for (const auto& attempt : visit.attempts) {
      Json one{{"from", to_milliseconds(attempt.from)}};
      if (attempt.to) one["to"] = to_milliseconds(*attempt.to);
      if (!attempt.error.empty()) one["error"] = attempt.error;
      attempts.push_back(std::move(one));
    }
    described["attempts"] = std::move(attempts);
  }
  return described;
}

/// What a box or a row shows of all visits together: the worst that happened, and what runs above all.
const char* fate_of(const run::StateDigest& state) {
  using run::VisitEnd;
  if (state.running() > 0) return "running";
  for (const auto end : {VisitEnd::Failed, VisitEnd::TimedOut, VisitEnd::Caught, VisitEnd::Aborted}) {
    if (state.count(end) > 0) return end_name(end);
  }
  return "succeeded";
}

Json describe_state(const run::StateDigest& state) {
  Json described{{"name", state.name},
                 {"type", state.type},
                 {"fate", fate_of(state)},
                 {"entered", state.entered},
                 {"from", to_milliseconds(state.first_entered)}};
  Json ends = Json::object();
  for (const auto& [end, count] : state.ends) {
    if (count > 0) ends[end_name(end)] = count;
  }
  described["ends"] = std::move(ends);
  if (state.retries > 0) described["retries"] = state.retries;
  if (state.last_left && state.running() == 0) described["to"] = to_milliseconds(*state.last_left);
  if (!state.error.empty() || !state.cause.empty()) {
    described["error"] = state.error;
    described["cause"] = state.cause;
  }
  Json visits = Json::array();
  for (const auto& visit : state.visits) visits.push_back(describe_visit(visit));
  described["visits"] = std::move(visits);
  return described;
}

void describe_text(Json& body, const char* name, const std::string& text) {
  body[name] = {{"text", beginning(text, kTextBytes)}, {"bytes", text.size()}, {"cut", text.size() > kTextBytes}};
}

Json describe_execution(const storage::ExecutionRecord& record, const ConsoleContext& context) {
  auto body = describe_summary(record, nullptr);
  body["machineArn"] = record.state_machine_arn;
  body["revision"] = record.revision_id;
  if (!record.machine_alias.empty()) body["alias"] = record.machine_alias;
  if (record.error) body["error"] = *record.error;
  if (record.cause) body["cause"] = *record.cause;
  if (record.redriven_at) body["redrivenAt"] = to_milliseconds(*record.redriven_at);
  if (!record.trace_header.empty()) body["trace"] = record.trace_header;
  if (record.quarantine)
    body["quarantine"] = {{"state", record.quarantine->state}, {"cause", record.quarantine->cause}};
  if (const auto why = context.backend.gateway.why_not_redrivable(record)) body["notRedrivable"] = *why;
  describe_text(body, "input", record.input);
  if (record.output) describe_text(body, "output", *record.output);
  return body;
}

Json describe_rows(const std::vector<run::EventRow>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(describe_event(row));
  return list;
}

Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto& record = *found.record;
  const auto digest = context.digests.find(record.id);
  Json body{{"execution", describe_execution(record, context)},
            {"now", to_milliseconds(context.backend.clock.now())},
            {"events", digest->events},
            {"historyEvents", digest->history_events}};
  Json states = Json::array();
  for (std::size_t at = 0; at < std::min(digest->states.size(), kStatesShown); ++at)
    states.push_back(describe_state(digest->states[at]));
  body["states"] = std::move(states);
  body["statesCut"] = digest->states.size() > kStatesShown;
  if (!digest->failed_state.empty()) body["failedState"] = digest->failed_state;
  if (!digest->parent.empty()) body["parent"] = digest->parent;
  if (!digest->children.empty()) body["children"] = digest->children;
  const auto& reader = context.backend.reader;
  body["first"] = describe_rows(run::read_event_rows(reader, record.id, *digest, 1, kEventsOfEach));
  if (digest->events > kEventsOfEach) {
    const auto from = std::max<std::uint32_t>(kEventsOfEach + 1, digest->events - kEventsOfEach + 1);
    body["last"] = describe_rows(run::read_event_rows(reader, record.id, *digest, from, kEventsOfEach));
  }
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_execution;
const Endpoint console_execution{"GET", "executions/{machine}/{name}", answer};

}  // namespace stepd::api
