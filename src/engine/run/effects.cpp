// What a shard does because of what a stored execution awaits: timers armed, tasks started, and both taken back.
// Nothing is decided here.
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
    case Awaited::Kind::Continue:
      break;
  }
  return command::Continue{};
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
    if (awaited.kind == Awaited::Kind::Task)
      doors_.tasks.cancel(attempt_of(live, awaited));
    else
      loop_.cancel(timer);
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
    if (awaited.kind == Awaited::Kind::Task) {
      owed.emplace_back(awaited, TimerId{});
      start_task(live, awaited);
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
    if (awaited.kind == Awaited::Kind::Task)
      doors_.tasks.cancel(attempt_of(live, awaited));
    else
      loop_.cancel(timer);
  }
  live.owed.erase(frame);
}

TimerId Shard::arm(Live& live, const Awaited& awaited) {
  return loop_.call_at(awaited.due, [this, id = live.id, awaited] { submit(id, command_of(awaited)); });
}

void Shard::start_task(Live& live, const Awaited& awaited) {
  const auto& task = std::get<core::AwaitingTask>(live.execution.frame(awaited.frame).standing);
  const bool timed = task.timeout_seconds || task.heartbeat_seconds;
  const auto id = live.id;
  const auto [kind, frame, token, due] = awaited;
  TaskCall call;
  call.label = task.label;
  call.input = task.input;
  call.attempt = attempt_of(live, awaited);
  call.trace_header = live.trace_header;
  call.started = [this, id, frame = frame, token = token, timed] {
    loop_.post([this, id, frame, token, timed] {
      const command::TaskStart start{frame, token, ""};
      timed ? submit(id, start) : submit_idly(id, start);
    });
  };
  call.done = [this, id, frame = frame, token = token](Result<Payload> result) {
    loop_.post([this, id, frame, token, result = std::move(result)] {
      if (result)
        submit(id, command::TaskSuccess{frame, token, *result});
      else
        submit(id, command::TaskFailure{frame, token, {result.error().name, result.error().cause}});
    });
  };
  doors_.tasks.start(std::move(call));
}

}  // namespace stepd::run
