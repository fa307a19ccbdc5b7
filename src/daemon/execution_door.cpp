#include "daemon/execution_door.h"

#include "api/protocol/api_error.h"
#include "engine/run/arn.h"

#include <future>
#include <memory>

namespace stepd::daemon {

Result<BegunExecution> ExecutionDoor::start(NewExecution wanted) {
  run::Gateway* gateway = gateway_;
  const AslError unavailable{"ServiceUnavailable", "Executions cannot be started at present."};
  if (gateway == nullptr) return unavailable;
  run::StartExecution request;
  request.state_machine_arn = wanted.state_machine.starts_with("arn:")
                                  ? std::move(wanted.state_machine)
                                  : run::state_machine_arn(region_, account_, wanted.state_machine);
  request.name = std::move(wanted.name);
  request.input = std::move(wanted.input);
  request.lineage = wanted.lineage;
  // Shared with the reply alone: an engine that ends drops it, which breaks the promise instead of waiting for ever.
  auto promise = std::make_shared<std::promise<run::Answer<run::StartedExecution>>>();
  auto future = promise->get_future();
  gateway->start_execution(std::move(request), [promise](run::Answer<run::StartedExecution> answer) {
    promise->set_value(std::move(answer));
  });
  promise.reset();
  try {
    const auto answer = future.get();
    if (answer) return BegunExecution{answer->arn, answer->started_at};
    return AslError{api::to_api_error(answer.error()).type, answer.error().message};
  } catch (const std::future_error&) {
    return unavailable;
  }
}

}  // namespace stepd::daemon
