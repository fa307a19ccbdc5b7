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

/// Also in another stage, such as an activity's task that a worker has: that call is not over.
bool is_same_task(const Awaited& one, const Awaited& other) { return is_task(other) && one.token == other.token; }

}  // namespace

void Effects::settle(Live& live, core::FrameId frame) {
  const auto wanted = live.execution.awaited(frame);
  auto& owed = live.pending.owed[frame];
  std::vector<core::EventNumber> called;
  std::erase_if(owed, [&](const OwedEffect& effect) {
    if (std::find(wanted.begin(), wanted.end(), effect.awaited) != wanted.end()) return false;
    if (!is_task(effect.awaited)) {
      timers_.cancel(effect.timer);
    } else if (std::none_of(wanted.begin(), wanted.end(),
                            [&](const auto& each) { return is_same_task(effect.awaited, each); })) {
      end_task(live, effect);
    } else if (effect.is_called) {
      called.push_back(effect.awaited.token);
    }
    return true;
  });
  const auto is_owed = [&](const Awaited& each) {
    return std::any_of(owed.begin(), owed.end(), [&](const auto& effect) { return effect.awaited == each; });
  };
  // A task that this process has not started is run again; its time begins when it does.
  const bool again = std::any_of(wanted.begin(), wanted.end(),
                                 [&](const auto& each) { return each.kind == Awaited::Kind::Task && !is_owed(each); });
  for (const auto& awaited : wanted) {
    const bool timed = awaited.kind == Awaited::Kind::TaskTimeout || awaited.kind == Awaited::Kind::TaskHeartbeat;
    if (is_owed(awaited) || (timed && again) || awaited.kind == Awaited::Kind::Continue) continue;
    const bool goes_on = std::find(called.begin(), called.end(), awaited.token) != called.end();
    owed.push_back({awaited, is_task(awaited) ? TimerId{} : timers_.arm(live.id, awaited, live.decided),
                    awaited.kind == Awaited::Kind::Task || (is_task(awaited) && goes_on)});
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
    for (const auto& effect : owed) is_task(effect.awaited) ? end_task(live, effect) : timers_.cancel(effect.timer);
  }
  if (const auto timer = std::exchange(live.pending.execution_timeout, std::nullopt)) timers_.cancel(*timer);
}

void Effects::end_task(Live& live, const OwedEffect& task) {
  if (task.is_called) tasks_.cancel(live, task.awaited);
  children_.end_task(live, task.awaited);
}

}  // namespace stepd::run
