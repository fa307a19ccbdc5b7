// StartSyncExecution (AWS API reference): answers when the EXPRESS execution has ended, well or badly. A client that
// goes away meanwhile ends nothing.
#include "api/operations/operation.h"
#include "api/operations/states/sync_response.h"
#include "api/protocol/shapes.h"
#include "api/protocol/start_request.h"
#include "base/value/builder.h"
#include "base/value/json_border.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::int64_t kBilledStepMs = 100;
constexpr std::size_t kMebibyte = 1024 * 1024;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

/// AWS Step Functions pricing, Express Workflows: time in steps of 100 ms, memory in steps of 64 MB, which is 50 MB and
/// what the definition and the data take.
Value billing(const run::EndedExecution& ended) {
  constexpr std::int64_t kBaseMb = 50;
  constexpr std::int64_t kStepMb = 64;
  const auto lasted = std::max<std::int64_t>((ended.stopped_at - ended.started_at).count(), 1);
  const auto data_mb = static_cast<std::int64_t>((ended.memory_bytes + kMebibyte - 1) / kMebibyte);
  return object({{"billedMemoryUsedInMB", Value::integer(round_up(kBaseMb + data_mb, kStepMb))},
                 {"billedDurationInMilliseconds", Value::integer(round_up(lasted, kBilledStepMs))}});
}

}  // namespace

Value sync_response(const run::EndedExecution& ended, Inclusion included) {
  const bool all = included == Inclusion::All;
  const auto details = object({{"included", Value::boolean(all)}});
  ObjectBuilder answer;
  answer.add("executionArn", Value::string(ended.arn));
  answer.add("stateMachineArn", Value::string(ended.state_machine_arn));
  answer.add("name", Value::string(ended.name));
  answer.add("startDate", Value::number(to_epoch_seconds(ended.started_at)));
  answer.add("stopDate", Value::number(to_epoch_seconds(ended.stopped_at)));
  answer.add("status", Value::string(status_name(ended.status)));
  if (ended.error) answer.add("error", Value::string(*ended.error));
  if (ended.cause) answer.add("cause", Value::string(*ended.cause));
  if (all) answer.add("input", Value::string(ended.input.text()));
  answer.add("inputDetails", details);
  if (ended.output && all) answer.add("output", Value::string(ended.output->text()));
  // As recorded from AWS, also of an execution that failed and has no output.
  answer.add("outputDetails", details);
  if (!ended.trace_header.empty()) answer.add("traceHeader", Value::string(ended.trace_header));
  answer.add("billingDetails", billing(ended));
  return std::move(answer).finish();
}

namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto included = read_included_data(members);
  auto request = read_start(members);
  if (!request.has_value()) return answered(request.error());
  if (backend.caller) request->lineage = backend.caller->of_child();
  backend.gateway.start_sync_execution(
      std::move(*request), rendered<run::EndedExecution>(answered, [included](const run::EndedExecution& ended) {
        return to_json(sync_response(ended, included));
      }));
}

bool run_at_once(const Value& arguments, const Backend& backend, AnsweredAtOnce answered) {
  auto request = read_plain_start(arguments);
  if (!request || !backend.gateway.starts_at_once(request->state_machine_arn)) return false;
  backend.gateway.start_sync_execution(
      std::move(*request), rendered<run::EndedExecution>(std::move(answered), [](const run::EndedExecution& ended) {
        return sync_response(ended, Inclusion::All);
      }));
  return true;
}

}  // namespace

extern const Operation start_sync_execution;
const Operation start_sync_execution{
    .name = "StartSyncExecution", .run = run_it, .run_at_once = run_at_once, .traced = true};

}  // namespace stepd::api
