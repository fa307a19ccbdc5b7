// What a shard does because of what a stored execution awaits: timers armed, tasks started, and both taken back.
// Nothing is decided here.
#include "engine/core/decide.h"
#include "engine/run/live.h"
#include "engine/run/shard.h"

#include <algorithm>

namespace stepd::run {
namespace {

using core::Awaited;
namespace command = core::command;

core::Command command_of(const Awaited& awaited) {
  switch (awaited.kind) {
    case Awaited::Kind::Timer:
      return command::WaitElapsed{awaited.frame, awaited.token};
    case Awaited::Kind::TaskTimeout:
      return command::TaskTimeoutElapsed{awaited.frame, awaited.token};
    case Awaited::Kind::TaskHeartbeat:
      return command::TaskHeartbeatElapsed{awaited.frame, awaited.token};
    case Awaited::Kind::ExecutionTimeout:
      return command::ExecutionTimeoutElapsed{};
    case Awaited::Kind::Task:
    case Awaited::Kind::Answer:
    case Awaited::Kind::Child:
    case Awaited::Kind::Continue:
      break;
  }
  return command::Continue{};
}

/// The task itself, in whichever stage.
bool is_task(const Awaited& awaited) {
  return awaited.kind == Awaited::Kind::Task || awaited.kind == Awaited::Kind::Answer ||
         awaited.kind == Awaited::Kind::Child;
}

/// What the answer to a task's call means for the task.
core::Command command_of(const core::TaskLabel& label, core::FrameId frame, core::EventNumber token,
                         Result<Payload> result) {
  if (!result) {
    core::Failure failure{result.error().name, result.error().cause};
    if (label.kind == asl::Resource::Kind::Activity) return command::TaskRefuse{frame, token, std::move(failure)};
    return command::TaskFailure{frame, token, std::move(failure)};
  }
  if (label.pattern() != asl::Resource::Pattern::RequestResponse)
    return command::TaskSubmit{frame, token, *std::move(result)};
  return command::TaskSuccess{frame, token, *std::move(result)};
}

/// What begins with a number is remembered until that execution has ended in the store (storage::ChangeItem).
std::string attempt_of(const Live& live, const Awaited& awaited) {
  return (live.in_memory ? "express-" : "") + std::to_string(static_cast<std::int64_t>(live.id)) + "-" +
         std::to_string(awaited.token);
}

}  // namespace

void Shard::settle(Live& live, core::FrameId frame) {
  const auto wanted = live.execution.awaited(frame);
  auto& owed = live.owed[frame];
  std::erase_if(owed, [&](const auto& entry) {
    const auto& [awaited, timer] = entry;
    if (std::find(wanted.begin(), wanted.end(), awaited) != wanted.end()) return false;
    if (!is_task(awaited)) {
      loop_.cancel(timer);
    } else if (std::none_of(wanted.begin(), wanted.end(), [&token = awaited.token](const auto& each) {
                 return is_task(each) && each.token == token;
               })) {
      end_task(live, awaited);
    }
    return true;
  });
  // A task that this process has not started is run again; its time begins when it does.
  const bool again = std::any_of(wanted.begin(), wanted.end(), [&](const auto& each) {
    return each.kind == Awaited::Kind::Task &&
           std::none_of(owed.begin(), owed.end(), [&](const auto& entry) { return entry.first == each; });
  });
  for (const auto& awaited : wanted) {
    const bool timed = awaited.kind == Awaited::Kind::TaskTimeout || awaited.kind == Awaited::Kind::TaskHeartbeat;
    const bool known = std::any_of(owed.begin(), owed.end(), [&](const auto& entry) { return entry.first == awaited; });
    if (known || (timed && again) || awaited.kind == Awaited::Kind::Continue) continue;
    if (is_task(awaited)) {
      owed.emplace_back(awaited, TimerId{});
      if (awaited.kind == Awaited::Kind::Task) start_task(live, awaited);
      if (awaited.kind == Awaited::Kind::Child) await_child(live, awaited);
    } else {
      owed.emplace_back(awaited, arm(live, awaited));
    }
  }
  if (owed.empty()) live.owed.erase(frame);
}

void Shard::settle_execution_timeout(Live& live) {
  if (const auto due = live.execution.times_out_at())
    live.execution_timeout = arm(live, {Awaited::Kind::ExecutionTimeout, core::kRootFrame, 0, *due});
}

void Shard::cancel(Live& live, core::FrameId frame) {
  for (const auto& [awaited, timer] : live.owed[frame]) {
    if (is_task(awaited))
      end_task(live, awaited);
    else
      loop_.cancel(timer);
  }
  live.owed.erase(frame);
}

void Shard::end_task(Live& live, const Awaited& awaited) {
  doors_.tasks.cancel(attempt_of(live, awaited));
  const auto child = live.children.find(awaited.token);
  if (child == live.children.end()) return;
  leave_child(child->second, {live.arn, awaited.frame, awaited.token, true});
  live.children.erase(child);
}

void Shard::await_child(Live& live, const Awaited& awaited) {
  const auto& child = std::get<core::AwaitingTask>(live.execution.frame(awaited.frame).standing).child;
  if (doors_.kin == nullptr || child.empty()) return;
  live.children[awaited.token] = child;
  doors_.kin->watch(child, {live.arn, awaited.frame, awaited.token, true});
}

void Shard::call_done(Id id, const core::TaskLabel& label, const core::ParentLink& task, Result<Payload> result) {
  auto child = result ? core::awaited_child(label, *result) : "";
  core::ParentLink parent = task;
  parent.awaits_end = true;
  Live* live = find(id);
  if (live == nullptr) return leave_child(child, parent);
  live->queue.push_back({command_of(label, task.frame, task.token, std::move(result)), nullptr, false, std::move(child),
                         std::move(parent)});
  pump(*live);
}

TimerId Shard::arm(Live& live, const Awaited& awaited) {
  return loop_.call_at(awaited.due, [this, id = live.id, awaited] { submit(id, command_of(awaited)); });
}

void Shard::start_task(Live& live, const Awaited& awaited) {
  const auto& task = std::get<core::AwaitingTask>(live.execution.frame(awaited.frame).standing);
  const bool timed = task.timeout_seconds || task.heartbeat_seconds;
  const auto id = live.id;
  const auto frame = awaited.frame;
  const auto token = awaited.token;
  TaskCall call;
  call.label = task.label;
  call.input = task.input;
  call.attempt = attempt_of(live, awaited);
  call.trace_header = live.trace_header;
  call.origin = {live.arn, frame, token};
  call.started = [this, id, frame, token, timed] {
    loop_.post([this, id, frame, token, timed] {
      const command::TaskStart start{frame, token, ""};
      timed ? submit(id, start) : submit_idly(id, start);
    });
  };
  call.done = [this, id, label = task.label, origin = call.origin](Result<Payload> result) {
    loop_.post([this, id, label, origin, result = std::move(result)] { call_done(id, label, origin, result); });
  };
  call.take = [this, id, frame, token](std::string worker, std::function<void(Handover)> handed) {
    loop_.post([this, id, start = command::TaskStart{frame, token, std::move(worker)}, handed = std::move(handed)] {
      hand_over(id, start, handed);
    });
  };
  doors_.tasks.start(std::move(call));
}

}  // namespace stepd::run
