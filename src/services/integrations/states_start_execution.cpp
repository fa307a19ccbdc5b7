// states:startExecution: an execution of a state machine; `.sync` and `.sync:2` wait for its end.
// That its end is awaited is the engine's business (dev guide: Start workflow executions from a task state).
#include "base/http_date.h"
#include "engine/run/uuid.h"
#include "services/integrations/engine_call.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

Result<run::StartExecution> read(const Workbench& bench, const run::TaskCall& call) {
  const Json input = call.input.json();
  tasks::Arguments parameters(input);
  run::StartExecution request;
  request.state_machine_arn = parameters.text("StateMachineArn");
  request.input = json_text(parameters.optional_any("Input"));
  request.name = parameters.optional_text("Name");
  request.trace_header = parameters.optional_text("TraceHeader").value_or(call.trace_header);
  STEPD_CHECK(check_call(bench, call, parameters));
  if (call.origin.execution_arn.empty()) return request;
  using Pattern = asl::Resource::Pattern;
  const auto pattern = call.label.pattern();
  request.lineage = call.lineage.of_child();
  request.parent = call.origin;
  request.parent->awaits_end = pattern == Pattern::Sync || pattern == Pattern::Sync2;
  // The same after a crash, so that the same task starts no second one.
  if (!request.name) request.name = run::uuid_of(call.origin.execution_arn + "#" + std::to_string(call.origin.token));
  return request;
}

Payload answer(Dialect dialect, const run::StartedExecution& started) {
  Json members{{"ExecutionArn", started.arn}};
  if (dialect == Dialect::Sdk) {
    members["StartDate"] = to_rfc3339(started.started_at);
    return Payload(std::move(members));
  }
  const Json wire{{"executionArn", started.arn}, {"startDate", to_epoch_seconds(started.started_at)}};
  constexpr std::size_t kExponent = 2;  // AWS writes the time as 1.7...E9
  auto fields = made_up_fields("application/x-amz-json-1.0", print_json(wire).size() + kExponent);
  fields.emplace_back("connection", "keep-alive");
  fields.emplace_back("Date", to_http_date(started.started_at));
  members = with_sdk_metadata(std::move(members), fields, 200);
  members["StartDate"] = started.started_at.time_since_epoch().count();
  return Payload(std::move(members));
}

void start(const Workbench& bench, run::TaskCall call, Dialect dialect) {
  auto request = read(bench, call);
  if (!request) return call.done(request.error());
  call.started();
  bench.ask_engine([request = *std::move(request), done = std::move(call.done), put_off = std::move(call.put_off),
                    dialect](run::Gateway& gateway) {
    gateway.start_execution(request, [done, put_off, dialect](const run::Answer<run::StartedExecution>& started) {
      if (started.has_value())
        done(answer(dialect, *started));
      else if (put_off && started.error().code == run::RefusalCode::ThrottlingException)
        put_off();  // as AWS's service tries again by itself
      else
        done(engine_error(dialect, started.error()));
    });
  });
}

void start_optimised(const Workbench& bench, run::TaskCall call) { start(bench, std::move(call), Dialect::Optimised); }

}  // namespace

extern const Integration states_start_execution{"states:startExecution", start_optimised};
extern const Integration sdk_sfn_start_execution{
    "aws-sdk:sfn:startExecution",
    [](const Workbench& bench, run::TaskCall call) { start(bench, std::move(call), Dialect::Sdk); }};

}  // namespace stepd::services::integrations
