// The first turn of an EXPRESS execution, decided on the thread that asks for it. Most EXPRESS executions end in it:
// they need no shard, and do not queue behind those that go on for long.
//
// 1. Nobody else can reach an execution before its first turn is over, and decide() needs neither a table nor a loop.
// 2. The thread is one that serves connections, so the turn has a small budget of its own, and executions whose states
//    may take long are left to a shard (takes()). Whoever fills the budget goes on there, in turn with others.
// 3. The turn is decided once. Listeners hear of it where it takes effect: from tell(), or on the shard.
#pragma once

#include "engine/run/checked_start.h"
#include "engine/run/live.h"
#include "engine/run/shard_doors.h"

#include <memory>
#include <utility>

namespace stepd::run {

/// Thread: any.
class FirstTurns {
 public:
  explicit FirstTurns(ShardDoors doors) : doors_(std::move(doors)) {}

  /// Whether the execution may begin here.
  bool takes(const CheckedStart& start) const;
  /// The execution after its first turn, which is in Live::events; it has ended, or Starts::go_on() has the rest. Null:
  /// it cannot be decided, and a shard says why.
  std::unique_ptr<Live> decide(const CheckedStart& start) const;
  /// Tells the listeners of the turn that has ended the execution.
  void tell(const Live& live) const;

 private:
  const ShardDoors doors_;
};

}  // namespace stepd::run
