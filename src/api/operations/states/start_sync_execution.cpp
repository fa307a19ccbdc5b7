// StartSyncExecution (AWS API reference): answers when the EXPRESS execution has ended, well or badly. A client that
// goes away meanwhile ends nothing.
#include "api/operations/operation.h"
#include "api/operations/states/sync_response.h"
#include "api/protocol/shapes.h"
#include "api/protocol/start_request.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::int64_t kBilledStepMs = 100;
constexpr std::size_t kMebibyte = 1024 * 1024;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

/// AWS Step Functions pricing, Express Workflows: time in steps of 100 ms, memory in steps of 64 MB, which is 50 MB and
/// what the definition and the data take.
Json billing(const run::EndedExecution& ended) {
  constexpr std::int64_t kBaseMb = 50;
  constexpr std::int64_t kStepMb = 64;
  const auto lasted = std::max<std::int64_t>((ended.stopped_at - ended.started_at).count(), 1);
  const auto data_mb = static_cast<std::int64_t>((ended.memory_bytes + kMebibyte - 1) / kMebibyte);
  return {{"billedMemoryUsedInMB", round_up(kBaseMb + data_mb, kStepMb)},
          {"billedDurationInMilliseconds", round_up(lasted, kBilledStepMs)}};
}

}  // namespace

Json sync_response(const run::EndedExecution& ended, Inclusion included) {
  const bool all = included == Inclusion::All;
  Json answer{{"executionArn", ended.arn},
              {"stateMachineArn", ended.state_machine_arn},
              {"name", ended.name},
              {"startDate", to_epoch_seconds(ended.started_at)},
              {"stopDate", to_epoch_seconds(ended.stopped_at)},
              {"status", status_name(ended.status)}};
  if (ended.error) answer["error"] = *ended.error;
  if (ended.cause) answer["cause"] = *ended.cause;
  if (all) answer["input"] = ended.input.text();
  answer["inputDetails"] = Json{{"included", all}};
  if (ended.output && all) answer["output"] = ended.output->text();
  // As recorded from AWS, also of an execution that failed and has no output.
  answer["outputDetails"] = Json{{"included", all}};
  if (!ended.trace_header.empty()) answer["traceHeader"] = ended.trace_header;
  answer["billingDetails"] = billing(ended);
  return answer;
}

namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto included = read_included_data(members);
  auto request = read_start(members);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.start_sync_execution(
      std::move(*request), rendered<run::EndedExecution>(answered, [included](const run::EndedExecution& ended) {
        return sync_response(ended, included);
      }));
}

}  // namespace

extern const Operation start_sync_execution;
const Operation start_sync_execution{.name = "StartSyncExecution", .run = run_it, .traced = true};

}  // namespace stepd::api
