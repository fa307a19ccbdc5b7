// execution.start: starts one execution of a state machine, as StartExecution does. It does not wait for its end.
// Without a name, one is made of the attempt, so that a repeat after a crash starts nothing twice.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ExecutionStart final : public Handler {
 public:
  explicit ExecutionStart(ExecutionStarter* executions) : executions_(executions) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    NewExecution wanted;
    wanted.state_machine = arguments.text("stateMachine");
    wanted.name = arguments.optional_text("name").value_or(to_hex(sha256(invocation.attempt)));
    const Json* input = arguments.any("input");
    STEPD_CHECK(arguments.finish());
    if (executions_ == nullptr) return AslError{"ServiceUnavailable", "Executions cannot be started from here."};
    wanted.input = print_json(*input);
    wanted.lineage = invocation.lineage.of_child();
    STEPD_TRY(const BegunExecution begun, executions_->start(std::move(wanted)));
    return Json{{"executionArn", begun.arn}, {"startDate", to_epoch_seconds(begun.started_at)}};
  }

 private:
  ExecutionStarter* executions_;
};

}  // namespace

std::unique_ptr<Handler> make_execution_start(const Surroundings& surroundings) {
  return std::make_unique<ExecutionStart>(surroundings.executions);
}

}  // namespace stepd::tasks
