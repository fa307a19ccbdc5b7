// StartExecution (AWS API reference): idempotent by name, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/start_request.h"
#include "base/value/builder.h"
#include "base/value/json_border.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

Value start_response(const run::StartedExecution& started) {
  return object({{"executionArn", Value::string(started.arn)},
                 {"startDate", Value::number(to_epoch_seconds(started.started_at))}});
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  auto request = read_start(members);
  if (!request.has_value()) return answered(request.error());
  if (backend.caller) request->lineage = backend.caller->of_child();
  backend.gateway.start_execution(std::move(*request),
                                  rendered<run::StartedExecution>(answered, [](const run::StartedExecution& started) {
                                    return to_json(start_response(started));
                                  }));
}

bool run_at_once(const Value& arguments, const Backend& backend, AnsweredAtOnce answered) {
  auto request = read_plain_start(arguments);
  if (!request || !backend.gateway.starts_at_once(request->state_machine_arn)) return false;
  backend.gateway.start_execution(std::move(*request),
                                  rendered<run::StartedExecution>(std::move(answered), start_response));
  return true;
}

}  // namespace

extern const Operation start_execution;
const Operation start_execution{.name = "StartExecution", .run = run_it, .run_at_once = run_at_once, .traced = true};

}  // namespace stepd::api
