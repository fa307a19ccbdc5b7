// One turn of one execution: what state types use to look, to evaluate and to record. Only record() changes anything.
#pragma once

#include "engine/asl/definition.h"
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

/// Thrown by Turn::record() when history has room for the execution's end alone; what was recorded so far stands.
struct HistoryFull {};

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
  std::vector<Event>& events() { return events_; }
  /// The turn has made or taken so much that it should be stored before more is done.
  bool is_full() const {
    return events_.size() >= kTurnEvents || bytes_ >= kTurnBytes ||
           (!events_.empty() && moment_.slice != nullptr && moment_.slice->is_over());
  }
  /// An event is being absorbed: an exception now leaves the execution half changed.
  bool is_recording() const { return recording_; }
  std::uint64_t random();

  // ---- being watched and tested -----------------------------------------------------------------------------------

  /// Tells `observer`, which outlives the turn, what is computed and recorded from now on.
  void watch(Observer* observer) { observer_ = observer; }
  bool is_watched() const { return observer_ != nullptr; }
  void tell(FrameId frame, Step step, const Payload& value) const {
    if (observer_ != nullptr) observer_->computed(frame, step, value);
  }
  /// Expressions see `context` as `$$` from now on, not the execution's own.
  void set_context(Value context) { context_ = std::move(context); }
  const std::optional<Value>& context() const { return context_; }

  // ---- recording ------------------------------------------------------------------------------------------------

  enum class Shown : bool { No, InHistory };
  /// Makes an event, absorbs it and keeps it, or throws HistoryFull. `previous`: AWS's previousEventId, the frame's
  /// last event if none.
  EventNumber record(FrameId frame, EventBody body, Shown shown = Shown::InHistory,
                     std::optional<std::uint32_t> previous = {});

  // ---- evaluating (ASL §Input and Output Processing) -----------------------------------------------------------

  /// What expressions of that frame's state see, with `input` as `$`.
  std::unique_ptr<asl::Scope> scope(FrameId frame, Value input);
  /// The same for an ItemSelector, which sees `value` as $$.Map.Item.Value.
  std::unique_ptr<asl::Scope> item_scope(FrameId frame, Value input, std::uint32_t index, Value value);
  /// InputPath over the raw input.
  Result<Payload> effective_input(FrameId frame);
  /// InputPath, then Parameters.
  Result<Payload> parameters(FrameId frame);

  // ---- going on -------------------------------------------------------------------------------------------------

  /// ResultSelector, ResultPath, Assign and OutputPath, then Next or the end of the workflow.
  void leave_with_result(FrameId frame, Payload result);
  /// All branches or iterations of the frame are through: their outputs, in order, are its result.
  void leave_joined(FrameId frame);
  /// OutputPath and Assign over `effective`, then `next` (the state's Next unless given).
  void leave(FrameId frame, const Payload& effective, const std::string& next, const asl::PayloadTemplate* assign);
  /// The state failed: Retry, else Catch, else the failure goes to the parent's state or ends the execution.
  /// Retriers and catchers may know the error by the name `also` as well.
  void fail(FrameId frame, Failure failure, std::string_view also = {});
  /// The same for a fault of evaluation, whose cause gets AWS's preamble.
  void fail(FrameId frame, const AslError& error);
  /// The execution ends so, with everything that still runs.
  void fail_execution(Failure failure);
  /// Ends everything that runs, then records `end`; what history has no room for is left out of it.
  void end_execution(EventBody end);

  /// Ends what the frame and all beneath it are doing, and says so in history.
  void abort(FrameId frame);

 private:
  void catch_failure(FrameId frame, const asl::Catcher& catcher, const Failure& failure);
  void exit_state(FrameId frame, Payload output, Assignments assigned, const std::string& next);
  void finish(FrameId frame, Payload output);
  /// With AWS's text of States.DataLimitExceeded.
  void fail_oversized(FrameId frame);
  Result<Assignments> assignments(FrameId frame, const asl::PayloadTemplate* assign, const asl::Scope& scope) const;
  Result<Payload> select_output(FrameId frame, const Payload& effective);
  Result<Payload> select(FrameId frame, const asl::Selector& selector, const Payload& from);

  const asl::Definition& definition_;
  Execution& execution_;
  Moment moment_;
  std::vector<Event> events_;
  std::size_t bytes_ = 0;
  std::uint64_t draws_ = 0;
  bool ending_ = false;
  bool recording_ = false;
  const void* last_weighed_ = nullptr;  ///< payloads that follow each other are mostly one
  Observer* observer_ = nullptr;
  std::optional<Value> context_;
};

}  // namespace stepd::core
