// StartExecution (AWS API reference): idempotent by name, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/arn.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::StartExecution> read(const Json& arguments) {
  Members members(arguments);
  run::StartExecution request;
  request.state_machine_arn = members.required_string("stateMachineArn", rules::kArn);
  request.name = members.string("name", rules::kName);
  request.input = members.string("input", rules::kPayload).value_or("{}");
  request.trace_header = members.string("traceHeader", rules::kTraceHeader).value_or("");
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(request.state_machine_arn); !parsed.has_value()) return parsed.error();
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.start_execution(
      std::move(*request), rendered<run::StartedExecution>(answered, [](const run::StartedExecution& started) {
        return Json{{"executionArn", started.arn}, {"startDate", to_epoch_seconds(started.started_at)}};
      }));
}

}  // namespace

extern const Operation start_execution;
const Operation start_execution{"StartExecution", run_it};

}  // namespace stepd::api
