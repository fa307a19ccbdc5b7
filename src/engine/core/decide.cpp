#include "engine/core/decide.h"

#include "base/limits.h"
#include "engine/asl/errors.h"
#include "engine/core/state_type.h"
#include "engine/core/turn.h"

#include <algorithm>

namespace stepd::core {
namespace {

class Decider {
 public:
  Decider(const asl::Definition& definition, Execution& execution, Moment moment, Observer* observer)
      : turn_(definition, execution, moment) {
    turn_.watch(observer);
  }

  Decision run(const Command& command) {
    try {
      const auto rejection = std::visit([this](const auto& c) { return take(c); }, command);
      if (rejection) return {{}, rejection};
      run_ready_frames();
    } catch (const HistoryFull&) {
      turn_.fail_execution({std::string(asl::errors::kRuntime),
                            "The execution reached the maximum number of history "
                            "events (" +
                                std::to_string(limits::kHistoryEvents) + ")."});
    }
    return {std::move(turn_.events()), std::nullopt};
  }

 private:
  using Verdict = std::optional<Rejection>;

  Verdict take(const command::Start& start) {
    auto seconds = turn_.definition().timeout_seconds;
    if (start.seconds_max) seconds = std::min(seconds.value_or(*start.seconds_max), *start.seconds_max);
    const auto times_out_at = after(seconds);
    turn_.record(kRootFrame, event::ExecutionStarted{start.identity, start.input, turn_.definition().workflow.start_at,
                                                     times_out_at});
    return {};
  }

  Verdict take(const command::Continue&) { return ended() ? Verdict(Rejection::ExecutionEnded) : Verdict(); }

  Verdict take(const command::Stop& stop) {
    if (ended()) return Rejection::ExecutionEnded;
    turn_.end_execution(event::ExecutionAborted{stop.failure});
    return {};
  }

  Verdict take(const command::ExecutionTimeoutElapsed&) {
    if (ended()) return Rejection::ExecutionEnded;
    if (!turn_.execution().times_out_at() || *turn_.execution().times_out_at() > turn_.now())
      return Rejection::TimerUnknown;
    turn_.end_execution(event::ExecutionTimedOut{Failure{std::string(asl::errors::kTimeout), std::nullopt}});
    return {};
  }

  Verdict take(const command::WaitElapsed& elapsed) {
    const Frame* frame = turn_.execution().find(elapsed.frame);
    const auto* timer = frame == nullptr ? nullptr : std::get_if<AwaitingTimer>(&frame->standing);
    if (ended() || timer == nullptr || timer->since != elapsed.token || timer->due > turn_.now())
      return Rejection::TimerUnknown;
    const auto& type = turn_.type_of(elapsed.frame);
    if (timer->retry)
      type.enter(turn_, elapsed.frame);
    else
      type.elapsed(turn_, elapsed.frame);
    return {};
  }

  // ---- tasks ------------------------------------------------------------------------------------------------------

  Verdict take(const command::TaskStart& start) {
    const auto* task = awaited(start.frame, start.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    const auto timeout = after(task->timeout_seconds);
    const auto heartbeat = after(task->heartbeat_seconds);
    if (task->started)
      turn_.record(start.frame, event::TaskRestarted{timeout, heartbeat}, Turn::Shown::No);
    else
      turn_.record(start.frame, event::TaskStarted{task->label, start.worker, timeout, heartbeat});
    return {};
  }

  /// A task that is answered has begun, whichever news comes first.
  void begin_if_unsaid(FrameId frame, const AwaitingTask& task) {
    if (!task.started) turn_.record(frame, event::TaskStarted{task.label, "", std::nullopt, std::nullopt});
  }

  std::optional<Instant> after(const std::optional<std::int64_t>& seconds) const {
    return seconds ? std::optional<Instant>(turn_.now() + std::chrono::seconds(*seconds)) : std::nullopt;
  }

  Verdict take(const command::TaskHeartbeat& beat) {
    const auto* task = awaited(beat.frame, beat.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    if (task->heartbeat_seconds) {
      turn_.record(beat.frame, event::TaskBeat{turn_.now() + std::chrono::seconds(*task->heartbeat_seconds)},
                   Turn::Shown::No);
    }
    return {};
  }

  Verdict take(const command::TaskSuccess& success) {
    const auto* task = awaited(success.frame, success.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    const auto label = task->label;
    begin_if_unsaid(success.frame, *task);
    if (success.output.size() > limits::kPayloadBytes) {
      settle_badly<event::TaskFailed>(
          success.frame, label,
          Failure{std::string(asl::errors::kDataLimitExceeded),
                  "The state/task '" + label.resource +
                      "' returned a result with a size exceeding the maximum number of bytes service limit."});
      return {};
    }
    turn_.record(success.frame, event::TaskSucceeded{label, success.output});
    turn_.leave_with_result(success.frame, success.output);
    return {};
  }

  Verdict take(const command::TaskFailure& failed) {
    const auto* task = awaited(failed.frame, failed.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    begin_if_unsaid(failed.frame, *task);
    settle_badly<event::TaskFailed>(failed.frame, task->label, failed.failure);
    return {};
  }

  Verdict take(const command::TaskTimeoutElapsed& elapsed) {
    const auto* task = awaited(elapsed.frame, elapsed.token);
    if (task == nullptr || !task->times_out_at || *task->times_out_at > turn_.now()) return Rejection::TimerUnknown;
    settle_badly<event::TaskTimedOut>(elapsed.frame, task->label,
                                      Failure{std::string(asl::errors::kTimeout), std::nullopt});
    return {};
  }

  Verdict take(const command::TaskHeartbeatElapsed& elapsed) {
    const auto* task = awaited(elapsed.frame, elapsed.token);
    if (task == nullptr || !task->heartbeat_due || *task->heartbeat_due > turn_.now()) return Rejection::TimerUnknown;
    settle_badly<event::TaskTimedOut>(elapsed.frame, task->label,
                                      Failure{std::string(asl::errors::kHeartbeatTimeout), std::nullopt});
    return {};
  }

  const AwaitingTask* awaited(FrameId id, EventNumber token) const {
    const Frame* frame = ended() ? nullptr : turn_.execution().find(id);
    const auto* task = frame == nullptr ? nullptr : std::get_if<AwaitingTask>(&frame->standing);
    return task != nullptr && task->token == token ? task : nullptr;
  }

  template <class Settled>
  void settle_badly(FrameId frame, TaskLabel label, Failure failure) {
    turn_.record(frame, Settled{std::move(label), failure});
    turn_.fail(frame, std::move(failure));
  }

  // ---- states -----------------------------------------------------------------------------------------------------

  void run_ready_frames() {
    while (!turn_.is_full()) {
      const auto ready = turn_.execution().next_ready();
      if (!ready) return;
      enter(*ready);
    }
  }

  void enter(FrameId id) {
    const auto& state = turn_.state_of(id);
    turn_.record(id, event::StateEntered{state.name, std::string(state.grammar->type), turn_.frame(id).input});
    turn_.type_of(id).enter(turn_, id);
  }

  bool ended() const { return turn_.execution().status() != Status::Running; }

  Turn turn_;
};

}  // namespace

Decision decide(const asl::Definition& definition, Execution& execution, const Command& command, Moment moment,
                Observer* observer) {
  return Decider(definition, execution, moment, observer).run(command);
}

}  // namespace stepd::core
