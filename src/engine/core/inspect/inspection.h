// One state of a definition, run by itself and watched: what TestState does. It calls nothing: a task that is not
// mocked is its owner's to carry out.
#pragma once

#include "engine/asl/definition.h"
#include "engine/core/decide.h"
#include "engine/core/inspect/state_test.h"
#include "engine/core/observer.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::core {

class Turn;

/// What became of a tested state.
struct Inspected {
  enum class Status : unsigned char { Succeeded, Failed, Retriable, CaughtError } status = Status::Succeeded;
  Payload input;
  std::optional<Payload> output;
  Failure failure;
  std::string next;
  std::map<Step, Payload> steps;  ///< AfterItemSelector: an array, an element per item
  Assignments variables;          ///< all that are visible after the state
  /// Of a failure: which retrier and which catcher took it, and how long the next retry would wait.
  std::optional<std::uint32_t> retry_index, catch_index;
  std::optional<std::chrono::milliseconds> backoff;
};

class Inspection {
 public:
  /// What the state calls.
  struct Call {
    TaskLabel label;
    Payload input;
    std::optional<std::int64_t> timeout_seconds;
  };

  /// `definition` is the plan's machine, compiled. The context object tells of `identity`.
  Inspection(std::shared_ptr<const asl::Definition> definition, StateTestPlan plan, Identity identity, Moment moment);
  ~Inspection();
  Inspection(Inspection&&) noexcept;

  /// Runs the state, once. A Wait does not wait. Where it has to call something that is not mocked, says what; then
  /// finish() completes the test.
  std::optional<Call> begin();
  /// The call's answer.
  void finish(const Payload& result);
  void finish(Failure failure);

  /// Once nothing has to be called any more.
  Inspected outcome() const;
  /// The state under test.
  const asl::State& state() const;

 private:
  class Notes;

  void enter_state();
  Json context() const;
  const AwaitingTask& awaited_task() const;
  void task_succeeded(Turn& turn, const Payload& result);
  void task_failed(Turn& turn, Failure failure);
  void answer_joined(Turn& turn);
  void open_all_iterations(Turn& turn);
  bool exceeds_tolerated_failures() const;
  void watch(Turn& turn);
  Payload as_written(const Payload& value) const;

  std::shared_ptr<const asl::Definition> definition_;
  StateTestPlan plan_;
  Identity identity_;
  Moment moment_;
  Execution execution_;
  std::unique_ptr<Notes> notes_;
};

/// AWS's answer to TestState (API reference: TestState, InspectionData).
Json render(const Inspected& inspected, const asl::State& state, InspectionLevel level);

}  // namespace stepd::core
