// Inspection: runs one state of a definition by itself and records what it computes, for TestState (AWS API reference:
// TestState).
//
// 1. The state runs through the same StateType and Turn as in an execution, so a test shows what an execution would do.
// 2. Nothing is called and no time passes. A task that is not mocked is answered by begin() as a Call, which the owner
//    makes; a Wait ends at once.
// 3. The state is entered once. A retry is reported with its delay and not made.
// 4. The branches of a Parallel and the iterations of a Map do not run. Their joint result or error is the mock's.
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

/// The result of a test.
struct Inspected {
  enum class Status : unsigned char { Succeeded, Failed, Retriable, CaughtError } status = Status::Succeeded;
  Payload input;
  std::optional<Payload> output;  ///< none if the state failed or would be retried
  Failure failure;                ///< empty if the state succeeded
  std::string next;
  std::map<Step, Payload> steps;  ///< AfterItemSelector: an array, an element per item
  Assignments variables;          ///< all that are visible after the state
  /// Of a failure: the index of the retrier that matches, of the catcher that caught it, and the delay of the retry.
  std::optional<std::uint32_t> retry_index, catch_index;
  std::optional<std::chrono::milliseconds> backoff;
};

/// Thread: one. begin() is called once; if it answers a Call, one of the two finish() follows.
class Inspection {
 public:
  /// A call that the state makes.
  struct Call {
    TaskLabel label;
    Payload input;
    std::optional<std::int64_t> timeout_seconds;
  };

  /// `definition` is `plan.machine`, compiled. `identity` is what the context object shows.
  Inspection(std::shared_ptr<const asl::Definition> definition, StateTestPlan plan, Identity identity, Moment moment);
  ~Inspection();
  Inspection(Inspection&&) noexcept;

  /// Runs the state. Answers the call that it needs, if it needs one that is not mocked.
  std::optional<Call> begin();
  /// Gives the result or the error of the call.
  void finish(const Payload& result);
  void finish(Failure failure);

  /// The result, once the test is complete.
  Inspected outcome() const;
  /// The state under test.
  const asl::State& state() const;

 private:
  class Notes;

  void enter_state();
  Value context() const;
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

/// The response of TestState (AWS API reference: TestState, InspectionData).
Json render(const Inspected& inspected, const asl::State& state, InspectionLevel level);

}  // namespace stepd::core
