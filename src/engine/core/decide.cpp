#include "engine/core/decide.h"

#include "base/limits.h"
#include "engine/asl/errors.h"
#include "engine/core/state_type.h"
#include "engine/core/turn.h"

#include <algorithm>
#include <new>

namespace stepd::core {
namespace {

class Decider {
 public:
  Decider(const asl::Definition& definition, Execution& execution, Moment moment, Observer* observer)
      : turn_(definition, execution, moment) {
    turn_.watch(observer);
  }

  Decision fail_start(const command::Start& start, Failure failure) {
    take(start);
    turn_.fail_execution(std::move(failure));
    return {std::move(turn_.events()), std::nullopt};
  }

  Decision run(const Command& command) {
    try {
      const auto rejection = std::visit([this](const auto& c) { return take(c); }, command);
      if (rejection) return {{}, rejection};
      run_ready_frames();
    } catch (const std::bad_alloc&) {
      if (turn_.is_recording()) throw;
      turn_.fail_execution({std::string(asl::errors::kRuntime), "The state needs more memory than there is."});
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

  Verdict take(const command::Redrive& redrive) {
    const auto& execution = turn_.execution();
    if (!ended() || execution.status() == Status::Succeeded) return Rejection::NotRedrivable;
    turn_.record(kRootFrame,
                 event::ExecutionRedriven{execution.redrive_count() + 1, redrive.at,
                                          after(turn_.definition().timeout_seconds), linked_on(*redrive.frames)},
                 Turn::Shown::InHistory, execution.last_history_id());
    for (const auto id : redrive.rescheduled) {
      // One of them may have ended it all again, or its branch.
      if (turn_.execution().find(id) != nullptr) run_state(id);
    }
    return {};
  }

  /// What is done again comes after the next event, which is the redrive.
  std::shared_ptr<const std::vector<Frame>> linked_on(std::vector<Frame> frames) const {
    for (auto& frame : frames) {
      if (std::holds_alternative<Ready>(frame.standing)) frame.last_id = turn_.execution().last_history_id() + 1;
    }
    return std::make_shared<const std::vector<Frame>>(std::move(frames));
  }

  Verdict take(const command::ExecutionTimeoutElapsed& elapsed) {
    if (ended()) return Rejection::ExecutionEnded;
    if (turn_.execution().times_out_at() != elapsed.due) return Rejection::TimerUnknown;
    // Measured on AWS (floci, issue 2965): stopDate is startDate and the timeout exactly, however late it is noticed.
    turn_.date_back(std::min(elapsed.due, turn_.now()));
    turn_.end_execution(event::ExecutionTimedOut{Failure{std::string(asl::errors::kTimeout), std::nullopt}});
    return {};
  }

  Verdict take(const command::WaitElapsed& elapsed) {
    const Frame* frame = turn_.execution().find(elapsed.frame);
    const auto* timer = frame == nullptr ? nullptr : std::get_if<AwaitingTimer>(&frame->standing);
    if (ended() || timer == nullptr || timer->since != elapsed.token || timer->due != elapsed.due)
      return Rejection::TimerUnknown;
    if (timer->retry)
      run_state(elapsed.frame);
    else
      turn_.type_of(elapsed.frame).elapsed(turn_, elapsed.frame);
    return {};
  }

  // ---- tasks ------------------------------------------------------------------------------------------------------

  Verdict take(const command::TaskStart& start) {
    const auto* task = awaited(start.frame, start.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    if (task->submitted) return Rejection::TaskUnknown;
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
    if (task.started) return;
    turn_.record(frame, event::TaskStarted{task.label, "", after(task.timeout_seconds), after(task.heartbeat_seconds)});
  }

  Verdict take(const command::TaskRefuse& refuse) {
    const auto* task = awaited(refuse.frame, refuse.token);
    if (task == nullptr || task->started) return Rejection::TaskUnknown;
    settle_badly<event::TaskScheduleFailed>(refuse.frame, task->label, refuse.failure);
    return {};
  }

  Verdict take(const command::TaskSubmit& submit) {
    const auto* task = awaited(submit.frame, submit.token);
    if (task == nullptr || task->submitted || task->label.pattern() == asl::Resource::Pattern::RequestResponse)
      return Rejection::TaskUnknown;
    const auto label = task->label;
    begin_if_unsaid(submit.frame, *task);
    if (submit.output.size() > limits::kPayloadBytes)
      fail_oversized(submit.frame, label);
    else
      turn_.record(submit.frame, event::TaskSubmitted{label, submit.output, awaited_child(label, submit.output)});
    return {};
  }

  void fail_oversized(FrameId frame, const TaskLabel& label) {
    settle_badly<event::TaskFailed>(frame, label, oversized_result(label));
  }

  std::optional<Instant> after(const std::optional<std::int64_t>& seconds) const {
    return seconds ? std::optional<Instant>(turn_.now() + std::chrono::seconds(*seconds)) : std::nullopt;
  }

  Verdict take(const command::TaskHeartbeat& beat) {
    const auto* task = answerable(beat.frame, beat.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    if (task->heartbeat_seconds) {
      turn_.record(beat.frame, event::TaskBeat{turn_.now() + std::chrono::seconds(*task->heartbeat_seconds)},
                   Turn::Shown::No);
    }
    return {};
  }

  Verdict take(const command::TaskSuccess& success) {
    const auto* task = answerable(success.frame, success.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    const auto label = task->label;
    begin_if_unsaid(success.frame, *task);
    if (success.output.size() > limits::kPayloadBytes) return fail_oversized(success.frame, label), Verdict();
    turn_.record(success.frame, event::TaskSucceeded{label, success.output});
    turn_.leave_with_result(success.frame, success.output);
    return {};
  }

  Verdict take(const command::TaskFailure& failed) {
    const auto* task = answerable(failed.frame, failed.token);
    if (task == nullptr) return Rejection::TaskUnknown;
    begin_if_unsaid(failed.frame, *task);
    settle_badly<event::TaskFailed>(failed.frame, task->label, failed.failure);
    return {};
  }

  Verdict take(const command::TaskTimeoutElapsed& elapsed) {
    const auto* task = awaited(elapsed.frame, elapsed.token);
    if (task == nullptr || task->times_out_at != elapsed.due) return Rejection::TimerUnknown;
    settle_badly<event::TaskTimedOut>(elapsed.frame, task->label,
                                      Failure{std::string(asl::errors::kTimeout), std::nullopt});
    return {};
  }

  Verdict take(const command::TaskHeartbeatElapsed& elapsed) {
    const auto* task = awaited(elapsed.frame, elapsed.token);
    if (task == nullptr || task->heartbeat_due != elapsed.due) return Rejection::TimerUnknown;
    // As recorded from AWS: the event and the execution say States.Timeout. ErrorEquals knows it by both names.
    settle_badly<event::TaskTimedOut>(elapsed.frame, task->label,
                                      Failure{std::string(asl::errors::kTimeout), std::nullopt},
                                      asl::errors::kHeartbeatTimeout);
    return {};
  }

  const AwaitingTask* awaited(FrameId id, EventNumber token) const {
    const Frame* frame = ended() ? nullptr : turn_.execution().find(id);
    const auto* task = frame == nullptr ? nullptr : std::get_if<AwaitingTask>(&frame->standing);
    return task != nullptr && task->token == token ? task : nullptr;
  }

  /// A task of an activity has an answer only once a worker has it.
  const AwaitingTask* answerable(FrameId id, EventNumber token) const {
    const auto* task = awaited(id, token);
    const bool offered = task != nullptr && task->label.kind == asl::Resource::Kind::Activity && !task->started;
    return offered ? nullptr : task;
  }

  template <class Settled>
  void settle_badly(FrameId frame, TaskLabel label, Failure failure, std::string_view also = {}) {
    turn_.record(frame, Settled{std::move(label), failure});
    turn_.fail(frame, std::move(failure), also);
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
    run_state(id);
  }

  /// The state has been entered, perhaps before: StateEntered is not recorded again.
  void run_state(FrameId id) {
    turn_.type_of(id).enter(turn_, id);
    const Frame* frame = ended() ? nullptr : turn_.execution().find(id);
    const auto* task = frame == nullptr ? nullptr : std::get_if<AwaitingTask>(&frame->standing);
    if (task == nullptr) return;
    const auto token = task->token;
    const auto answer = turn_.compute(*task);
    if (!answer) return;
    if (answer->has_value())
      take(command::TaskSuccess{id, token, **answer});
    else
      take(command::TaskFailure{id, token, {answer->error().name, answer->error().cause}});
  }

  bool ended() const { return turn_.execution().status() != Status::Running; }

  Turn turn_;
};

}  // namespace

Failure oversized_result(const TaskLabel& label) {
  const auto& task = label.kind == asl::Resource::Kind::Service ? label.type : label.resource;
  return {std::string(asl::errors::kDataLimitExceeded),
          "The state/task '" + task +
              "' returned a result with a size exceeding the maximum number of bytes service limit."};
}

std::string awaited_child(const TaskLabel& label, const Payload& output) {
  using Pattern = asl::Resource::Pattern;
  if (label.pattern() != Pattern::Sync && label.pattern() != Pattern::Sync2) return "";
  const auto answer = output.value();
  const Value* arn = answer.find("ExecutionArn");
  return arn != nullptr ? std::string(arn->string()) : "";
}

bool starts_execution(const TaskLabel& label) {
  return label.kind == asl::Resource::Kind::Service && (label.type == "states" || label.type == "aws-sdk:sfn") &&
         label.resource.starts_with("startExecution");
}

Decision fail_start(const asl::Definition& definition, Execution& execution, const command::Start& start,
                    Failure failure, Moment moment) {
  return Decider(definition, execution, moment, nullptr).fail_start(start, std::move(failure));
}

Decision decide(const asl::Definition& definition, Execution& execution, const Command& command, Moment moment,
                Observer* observer) {
  return Decider(definition, execution, moment, observer).run(command);
}

}  // namespace stepd::core
