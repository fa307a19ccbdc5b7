#include "engine/run/state_tests.h"

#include "engine/asl/errors.h"
#include "engine/core/compile.h"
#include "engine/core/inspect/inspection.h"
#include "engine/run/arn.h"
#include "engine/run/machines.h"
#include "engine/run/refusals.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

constexpr std::int64_t kSecondsMax = 300;

Refusal refusal_of(const AslError& error) {
  if (error.name == "InvalidDefinition") return refuse(RefusalCode::InvalidDefinition, error.cause);
  if (error.name == "InvalidExecutionInput") return refuse(RefusalCode::InvalidExecutionInput, error.cause);
  return refuse(RefusalCode::ValidationException, error.cause);
}

/// AWS runs a test as an EXPRESS execution of a state machine that nobody sees.
core::Identity unseen_identity(const StateTestDoors& doors, const TestState& test) {
  core::Identity who;
  who.name = make_uuid();
  who.state_machine_name = make_uuid();
  who.state_machine_arn = state_machine_arn(doors.region, doors.account, who.state_machine_name);
  who.arn = "arn:aws:states:" + std::string(doors.region) + ":" + std::string(doors.account) +
            ":express:" + who.state_machine_name + ":" + who.name;
  who.role_arn = test.role_arn.value_or("");
  who.region = doors.region;
  return who;
}

/// A test whose task has been called. Thread: the loop's, once it is called.
struct Underway {
  core::Inspection inspection;
  core::InspectionLevel level;
  Reply<TestedState> reply;
  std::string attempt;
  bool answered = false;

  template <class Answer>
  void finish(Answer answer) {
    if (std::exchange(answered, true)) return;
    inspection.finish(std::move(answer));
    reply(TestedState{Payload(core::render(inspection.outcome(), inspection.state(), level))});
  }
};

void call(const StateTestDoors& doors, const core::Inspection::Call& wanted, const std::shared_ptr<Underway>& test) {
  auto& loop = doors.loop;
  auto& tasks = doors.tasks;
  const auto seconds = std::min(wanted.timeout_seconds.value_or(kSecondsMax), kSecondsMax);
  const auto due = doors.clock.now() + std::chrono::seconds(seconds);
  loop.post([&loop, &tasks, due, test] {
    loop.call_at(due, [&tasks, test] {
      if (test->answered) return;
      tasks.cancel(test->attempt);
      test->finish(core::Failure{std::string(asl::errors::kTimeout), std::nullopt});
    });
  });
  TaskCall task;
  task.label = wanted.label;
  task.input = wanted.input;
  task.attempt = test->attempt;
  task.started = [] {};
  task.done = [&loop, test](Result<Payload> result) {
    loop.post([test, result = std::move(result)] {
      if (result)
        test->finish(*result);
      else
        test->finish(core::Failure{result.error().name, result.error().cause});
    });
  };
  tasks.start(std::move(task));
}

}  // namespace

void test_state(const StateTestDoors& doors, const TestState& test, Reply<TestedState> reply) {
  auto plan = core::plan_state_test(test);
  if (!plan) return reply(refusal_of(plan.error()));
  auto compiled = core::compile_text(plan->machine, {.tested = true});
  if (!compiled.definition)
    return reply(refuse(RefusalCode::InvalidDefinition, invalid_definition_message(compiled.diagnostics)));
  core::Inspection inspection(std::move(compiled.definition), *std::move(plan), unseen_identity(doors, test),
                              {doors.clock.now(), random_bits()});
  const auto wanted = inspection.begin();
  if (!wanted) return reply(TestedState{Payload(core::render(inspection.outcome(), inspection.state(), test.level))});
  call(doors, *wanted,
       std::make_shared<Underway>(std::move(inspection), test.level, std::move(reply), "test-" + make_uuid()));
}

}  // namespace stepd::run
