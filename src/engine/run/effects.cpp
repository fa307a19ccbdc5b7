#include "engine/run/effects.h"

#include <algorithm>
#include <utility>

namespace stepd::run {
namespace {

using core::Awaited;

/// The task itself, in whichever stage.
bool is_task(const Awaited& awaited) {
  return awaited.kind == Awaited::Kind::Task || awaited.kind == Awaited::Kind::Answer ||
         awaited.kind == Awaited::Kind::Child;
}

/// Also in another stage.
bool is_same_task(const Awaited& one, const Awaited& other) { return is_task(other) && one.token == other.token; }

}  // namespace

void Effects::settle(Live& live, core::FrameId frame) {
  const auto wanted = live.execution.awaited(frame);
  auto& owed = live.pending.owed[frame];
  std::erase_if(owed, [&](const auto& entry) {
    const auto& [awaited, timer] = entry;
    if (std::find(wanted.begin(), wanted.end(), awaited) != wanted.end()) return false;
    if (!is_task(awaited)) {
      timers_.cancel(timer);
    } else if (std::none_of(wanted.begin(), wanted.end(),
                            [&task = awaited](const auto& each) { return is_same_task(task, each); })) {
      end_task(live, awaited);
    }
    return true;
  });
  const auto is_owed = [&](const Awaited& each) {
    return std::any_of(owed.begin(), owed.end(), [&](const auto& entry) { return entry.first == each; });
  };
  // A task that this process has not started is run again; its time begins when it does.
  const bool again = std::any_of(wanted.begin(), wanted.end(),
                                 [&](const auto& each) { return each.kind == Awaited::Kind::Task && !is_owed(each); });
  for (const auto& awaited : wanted) {
    const bool timed = awaited.kind == Awaited::Kind::TaskTimeout || awaited.kind == Awaited::Kind::TaskHeartbeat;
    if (is_owed(awaited) || (timed && again) || awaited.kind == Awaited::Kind::Continue) continue;
    owed.emplace_back(awaited, is_task(awaited) ? TimerId{} : timers_.arm(live.id, awaited, live.decided));
    if (awaited.kind == Awaited::Kind::Task) tasks_.start(live, awaited);
    if (awaited.kind == Awaited::Kind::Child) children_.await(live, awaited);
  }
  if (owed.empty()) live.pending.owed.erase(frame);
}

void Effects::settle_execution_timeout(Live& live) {
  if (const auto due = live.execution.times_out_at())
    live.pending.execution_timeout =
        timers_.arm(live.id, {Awaited::Kind::ExecutionTimeout, core::kRootFrame, 0, *due}, live.decided);
}

void Effects::cancel(Live& live) {
  for (const auto& [frame, owed] : std::exchange(live.pending.owed, {})) {
    for (const auto& [awaited, timer] : owed) is_task(awaited) ? end_task(live, awaited) : timers_.cancel(timer);
  }
  if (live.pending.execution_timeout) timers_.cancel(*live.pending.execution_timeout);
}

void Effects::end_task(Live& live, const Awaited& task) {
  tasks_.cancel(live, task);
  children_.end_task(live, task);
}

}  // namespace stepd::run
