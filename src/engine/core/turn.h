// Turn: one turn of one execution. State types use it to read the execution, to evaluate expressions and to record
// events.
//
// 1. Only record() changes the execution. It makes an event, absorbs it and keeps it, so the events of a turn are all
//    that the turn has done.
// 2. A call that leaves or fails a state (leave..., fail...) is a hook's last: the frame, or the execution, may have
//    ended when it returns.
// 3. A failed state is retried if a retrier allows it, else caught by the first catcher that matches. Otherwise its
//    branch or iteration fails: the siblings are aborted, and the parent's state fails with the same error. The failure
//    of the root frame ends the execution (ASL §Errors).
// 4. The result of Parameters and the output of a state have at most limits::kPayloadBytes, else the state fails with
//    States.DataLimitExceeded (AWS dev guide, quotas). A value on the way to one of them has at most
//    limits::kEvaluationBytes.
// 5. An inner frame reads the variables of the outer ones and cannot assign them (AWS dev guide: variables).
// 6. The 25,000th event of a STANDARD execution's history is its end (AWS dev guide, quotas). record() throws
//    HistoryFull instead of writing another one there.
// 7. Random values are made of Moment::seed, the number of the last event and a counter, so that a turn that is
//    repeated with the same seed draws the same values.
#pragma once

#include "engine/asl/definition.h"
#include "engine/asl/evaluation_error.h"
#include "engine/asl/scope.h"
#include "engine/core/decide.h"
#include "engine/core/execution.h"
#include "engine/core/observer.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::core {

struct StateType;

/// `$states.result` or `$states.errorOutput`, where the field that is evaluated has it.
struct StatesMember {
  std::string_view name = {};  ///< a literal; empty: none
  Value value = {};
};

/// Thrown by Turn::record() when history has room for the execution's end alone. What was recorded before stays.
struct HistoryFull {};

/// Thread: the one that owns `execution`. `definition` and `execution` outlive it.
class Turn {
 public:
  Turn(const asl::Definition& definition, Execution& execution, Moment moment);
  ~Turn();

  const Execution& execution() const { return execution_; }
  const asl::Definition& definition() const { return definition_; }
  const Frame& frame(FrameId id) const { return execution_.frame(id); }
  const asl::State& state_of(FrameId id) const;
  const StateType& type_of(FrameId id) const;
  Instant now() const { return moment_.now; }
  bool has_activity(const std::string& arn) const {
    return moment_.activities == nullptr || moment_.activities->has_activity(arn);
  }
  std::optional<Result<Payload>> compute(const AwaitingTask& task) const {
    return moment_.computations == nullptr ? std::nullopt : moment_.computations->compute(task.label, task.input);
  }
  /// What is recorded from now on is of that time, which is not after now().
  void date_back(Instant at) { moment_.now = at; }
  std::vector<Event>& events() { return events_; }
  /// The turn has reached a limit of decide.h and should be stored before another state is entered.
  bool is_full() const {
    return events_.size() >= moment_.events_max || bytes_ >= moment_.bytes_max ||
           (!events_.empty() && moment_.slice != nullptr && moment_.slice->is_over());
  }
  /// An event is being absorbed: an exception that is thrown now leaves the execution half changed.
  bool is_recording() const { return recording_; }
  /// 64 random bits.
  std::uint64_t random();

  // ---- being watched and tested -----------------------------------------------------------------------------------

  /// Tells `observer`, which outlives the turn, what is computed and recorded from now on. Null: nobody is told.
  void watch(Observer* observer) { observer_ = observer; }
  bool is_watched() const { return observer_ != nullptr; }
  void tell(FrameId frame, Step step, const Payload& value) const {
    if (observer_ != nullptr) observer_->computed(frame, step, value);
  }
  /// Expressions see `context` as `$$` from now on, instead of the execution's own.
  void set_context(Value context) { context_ = std::move(context); }
  const std::optional<Value>& context() const { return context_; }

  // ---- recording ------------------------------------------------------------------------------------------------

  enum class Shown : bool { No, InHistory };
  /// Makes an event, absorbs it and keeps it, or throws HistoryFull. `previous` is AWS's previousEventId, by default
  /// the frame's last event. Answers the number of the event.
  EventNumber record(FrameId frame, EventBody body, Shown shown = Shown::InHistory,
                     std::optional<std::uint32_t> previous = {});

  // ---- evaluating (ASL §Input and Output Processing) -----------------------------------------------------------

  /// What expressions of that frame's state see, with `input` as `$` and `$states.input`. The turn outlives the answer.
  std::unique_ptr<asl::Scope> scope(FrameId frame, Value input, StatesMember member = {});
  /// The same for an ItemSelector, which sees `value` as $$.Map.Item.Value and `index` as $$.Map.Item.Index.
  std::unique_ptr<asl::Scope> item_scope(FrameId frame, Value input, std::uint32_t index, Value value);
  /// InputPath, applied to the raw input; in JSONata the raw input.
  asl::Evaluated<Payload> effective_input(FrameId frame);
  /// InputPath, then Parameters; in JSONata Arguments.
  asl::Evaluated<Payload> parameters(FrameId frame);

  // ---- going on -------------------------------------------------------------------------------------------------

  /// Applies ResultSelector, Assign, ResultPath and OutputPath, in this order, then goes to Next or ends the workflow.
  /// Assign sees the selected result as `$`. In JSONata: Assign and Output, which see `$states.result` if the state's
  /// type has one.
  void leave_with_result(FrameId frame, Payload result);
  /// All branches or iterations of the frame have finished: the array of their outputs, in order, is its result.
  void leave_joined(FrameId frame);
  /// Applies Assign, and OutputPath or Output, to `effective`, then goes to the state `next`; empty: the workflow ends.
  void leave(FrameId frame, const Payload& effective, const std::string& next, const asl::ExitFields& exit);
  /// The state has failed (rule 3). Retriers and catchers also match the error by the name `also`, unless it is empty.
  void fail(FrameId frame, Failure failure, std::string_view also = {});
  /// The same for an error of evaluation, to whose cause AWS's preamble is added. One of JSONata is recorded first.
  void fail(FrameId frame, const asl::EvaluationError& error);
  /// Aborts everything that runs and ends the execution as FAILED.
  void fail_execution(Failure failure);
  /// Aborts everything that runs, then records `end`. Events that history has no room for are not shown in it.
  void end_execution(EventBody end);

  /// Aborts what the frame and all frames beneath it are doing, and records it. `previous` is AWS's previousEventId of
  /// these events; none: that of each frame.
  void abort(FrameId frame, std::optional<std::uint32_t> previous = std::nullopt);

 private:
  /// `joins`: the failure is also that of the state's branches or iterations, as JoinFailed says.
  void fail(FrameId frame, Failure failure, std::string_view also, bool joins);
  void catch_failure(FrameId frame, const asl::Catcher& catcher, const Failure& failure);
  void exit_state(FrameId frame, Payload output, Assignments assigned, const std::string& next);
  void finish(FrameId frame, Payload output);
  /// The failure goes to the parent's state or ends the execution.
  void give_up(FrameId frame, Failure failure, std::string_view also = {});
  /// With AWS's text of States.DataLimitExceeded.
  Failure oversized(FrameId frame) const;
  /// A fault of evaluation, with AWS's preamble.
  Failure failure_of(FrameId frame, const asl::EvaluationError& error) const;
  /// Records EvaluationFailed if the error is one of JSONata. Answers what the state fails with.
  Failure record_error(FrameId frame, const asl::EvaluationError& error);
  /// AWS's previousEventId of StateEntered, while that is the frame's last event; else the frame's last event.
  std::uint32_t before_entry(FrameId frame) const;
  asl::Evaluated<Assignments> assignments(FrameId frame, const asl::ExitFields& exit, const asl::Scope& scope) const;
  /// Output of JSONata; `otherwise` if there is none.
  asl::Evaluated<Payload> output_of(const asl::ExitFields& exit, const asl::Scope& scope,
                                    const Payload& otherwise) const;
  /// Assign and Output of JSONata over `scope`, then the next state.
  void leave_jsonata(FrameId frame, const asl::ExitFields& exit, const asl::Scope& scope, const Payload& otherwise,
                     const std::string& next);
  asl::Evaluated<Payload> select_output(FrameId frame, const Payload& effective);
  asl::Evaluated<Payload> select(FrameId frame, const asl::Selector& selector, const Payload& from);

  const asl::Definition& definition_;
  Execution& execution_;
  Moment moment_;
  std::vector<Event> events_;
  std::size_t bytes_ = 0;
  std::uint64_t draws_ = 0;
  bool ending_ = false;
  bool recording_ = false;
  const void* last_weighed_ = nullptr;  ///< the payload that was counted last; events often carry the same one
  Observer* observer_ = nullptr;
  std::optional<Value> context_;
};

}  // namespace stepd::core
