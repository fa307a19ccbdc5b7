// Executions begin here: the same start asked for twice is one, EXPRESS executions are admitted, and callers are told.
#pragma once

#include "engine/run/checked_start.h"
#include "engine/run/gateway.h"
#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/shard_doors.h"
#include "engine/run/turns.h"

#include <cstddef>
#include <memory>

namespace stepd::run {

/// Thread: the loop's, for every member.
class Starts {
 public:
  /// All outlive it.
  Starts(const ShardDoors& doors, LiveTable& table, Turns& turns) : doors_(doors), table_(table), turns_(turns) {}

  void start(CheckedStart start, Reply<StartedExecution> reply);
  /// The same for an EXPRESS execution, whose end is the answer.
  void run(CheckedStart start, Reply<EndedExecution> reply);
  /// The same for one whose first turn has been decided elsewhere (FirstTurns) and has not ended it.
  void go_on(std::unique_ptr<Live> begun, Reply<EndedExecution> reply);

 private:
  void start_again(const CheckedStart& start, Live& live, const Reply<StartedExecution>& reply);
  bool admits(const CheckedStart& start) const;
  bool admits_express(std::size_t input_bytes) const;
  Live& begin(CheckedStart start);
  /// Of the first turn.
  void answer(Verdict verdict, const Live& live, const Reply<StartedExecution>& reply) const;

  const ShardDoors& doors_;
  LiveTable& table_;
  Turns& turns_;
};

/// The execution, in no table yet. Its first command waits in its queue. Thread: any.
std::unique_ptr<Live> make_live(CheckedStart start, const ShardDoors& doors);

/// What StartSyncExecution answers. `live` has ended.
EndedExecution end_of(const Live& live);

}  // namespace stepd::run
