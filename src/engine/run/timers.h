// The timers of executions: a Wait's end, a retry, timeouts and heartbeats. A timer that goes off is a command.
#pragma once

#include "engine/core/execution.h"
#include "engine/run/loop.h"
#include "engine/run/turns.h"

namespace stepd::run {

/// Thread: the loop's.
class Timers {
 public:
  /// Both outlive it.
  Timers(Loop& loop, Turns& turns) : loop_(loop), turns_(turns) {}

  /// `awaited` is of one of the kinds that have a time, which was computed at `as_of`; none: before this process.
  TimerId arm(storage::ExecutionId id, const core::Awaited& awaited, const std::optional<ClockReading>& as_of);
  void cancel(TimerId timer) { loop_.cancel(timer); }

 private:
  Loop& loop_;
  Turns& turns_;
};

}  // namespace stepd::run
