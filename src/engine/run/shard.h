// A part of the open executions, on one loop. It is put together here from its parts, each of which does one thing:
// Starts, Redrives, TaskTokens and Children take what others ask for, LiveTable holds the executions, Turns (with
// TransitionQueue) decides and stores, Effects (with Timers and TaskStarts) does what the stored state awaits.
#pragma once

#include "engine/run/checked_start.h"
#include "engine/run/children.h"
#include "engine/run/effects.h"
#include "engine/run/gateway.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/redrives.h"
#include "engine/run/shard_doors.h"
#include "engine/run/starts.h"
#include "engine/run/task_starts.h"
#include "engine/run/task_tokens.h"
#include "engine/run/timers.h"
#include "engine/run/turns.h"

#include <cstdint>

namespace stepd::run {

/// Thread: the loop's, for every member and for every part.
class Shard final : private TurnFollower {
 public:
  /// `loop` outlives it.
  Shard(Loop& loop, ShardDoors doors);

  Starts& starts() { return starts_; }
  Redrives& redrives() { return redrives_; }
  TaskTokens& task_tokens() { return tokens_; }
  Children& children() { return children_; }

  /// StopExecution.
  void stop(StopExecution request, Reply<StoppedExecution> reply);

  /// Takes over an execution that another process left open, and does what it awaits; quarantines it where it cannot
  /// be read, or where `deaths` of the process in a row found it in a turn.
  void adopt(const storage::OpenExecution& open, std::uint32_t deaths = 0);

  /// Carries on with an EXPRESS execution that another shard has set aside.
  void take_over(std::unique_ptr<Live> set_aside);

  /// No more turns: what arrives from now on is left to the next process, and EXPRESS executions are lost.
  void halt();

  /// Nothing is being stored and nothing waits to be.
  bool idle();

  const LiveTable& table() const { return table_; }

 private:
  void stored(Live& live, const std::set<core::FrameId>& touched, bool first) override;
  void ended(Live& live) override;
  void removed(Live& live) override;
  void rejected(const Request& request) override;

  const ShardDoors doors_;
  LiveTable table_;
  Turns turns_;
  Timers timers_;
  Children children_;
  TaskTokens tokens_;
  TaskStarts tasks_;
  Effects effects_;
  Starts starts_;
  Redrives redrives_;
};

}  // namespace stepd::run
