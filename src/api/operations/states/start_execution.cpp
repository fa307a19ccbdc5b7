// StartExecution (AWS API reference): idempotent by name, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/start_request.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  auto request = read_start(members);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.start_execution(
      std::move(*request), rendered<run::StartedExecution>(answered, [](const run::StartedExecution& started) {
        return Json{{"executionArn", started.arn}, {"startDate", to_epoch_seconds(started.started_at)}};
      }));
}

}  // namespace

extern const Operation start_execution;
const Operation start_execution{.name = "StartExecution", .run = run_it, .traced = true};

}  // namespace stepd::api
