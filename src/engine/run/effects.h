// What a shard does because of what a stored execution awaits: timers are armed, tasks are started, and both are taken
// back. Nothing is decided here.
#pragma once

#include "engine/core/execution.h"
#include "engine/run/children.h"
#include "engine/run/live.h"
#include "engine/run/task_starts.h"
#include "engine/run/timers.h"

namespace stepd::run {

/// Thread: the loop's, for every member.
class Effects {
 public:
  /// All outlive it.
  Effects(Timers& timers, TaskStarts& tasks, Children& children)
      : timers_(timers), tasks_(tasks), children_(children) {}

  /// Brings what that frame has asked for into line with what it awaits. A task whose call is over has nothing to take
  /// back: only calls that are under way are cancelled.
  void settle(Live& live, core::FrameId frame);
  /// Once per process.
  void settle_execution_timeout(Live& live);
  /// Takes everything back.
  void cancel(Live& live);

 private:
  void end_task(Live& live, const OwedEffect& task);

  Timers& timers_;
  TaskStarts& tasks_;
  Children& children_;
};

}  // namespace stepd::run
