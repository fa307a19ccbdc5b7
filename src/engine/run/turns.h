// The turns of the executions of one shard: commands are decided, what they change is stored, and only then does
// anybody hear of it.
//
// 1. One turn of an execution is stored at a time. Commands that arrive meanwhile wait in its queue.
// 2. A turn takes commands from the queue until it is long enough by events or by time.
// 3. Effects and answers follow the commit, never precede it. What a turn that cannot be stored has decided is
//    forgotten; its commands are decided again later on what is stored.
// 4. A turn enters states only while there are tokens for them (TransitionQueue). Everything else of it is done.
// 5. No exception leaves a turn. The execution fails if nobody has seen it run; else it is quarantined.
#pragma once

#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"
#include "engine/run/transition_queue.h"

#include <utility>
#include <vector>

namespace stepd::run {

/// What follows a turn.
class TurnFollower {
 public:
  virtual ~TurnFollower() = default;
  /// A turn is stored; `touched`: the frames that it changed. `first`: of this process, since the start or redrive.
  virtual void stored(Live& live, const std::set<core::FrameId>& touched, bool first) = 0;
  /// That turn was its last one, and everybody who waited for it has been answered.
  virtual void ended(Live& live) = 0;
  /// The execution leaves the table: everything that it awaits is taken back.
  virtual void removed(Live& live) = 0;
  /// The command of that request has come too late.
  virtual void rejected(const Request& request) = 0;
};

/// Thread: the loop's, for every member.
class Turns {
 public:
  using Id = storage::ExecutionId;

  /// All outlive it.
  Turns(Loop& loop, const ShardDoors& doors, LiveTable& table, TurnFollower& follower)
      : loop_(loop),
        doors_(doors),
        table_(table),
        follower_(follower),
        transitions_(loop, doors, table, [this](Live& live) { resume(live); }) {}

  void submit(Live& live, Request request);
  /// A command from a timer or a task; ignored if the execution has gone.
  void submit(Id id, core::Command command);
  /// The same, but nobody minds if it waits for company (the event that a task began).
  void submit_idly(Id id, core::Command command);

  /// Stores `live.events`, which somebody else has decided as the execution's first turn.
  void store_decided(Live& live) { write(live, std::exchange(live.events, {})); }

  /// Takes a turn, if there is something to do and the last turn is stored.
  void pump(Live& live);
  /// The same, also if the last turn ended only because it was long enough. Else the execution rests.
  void carry_on(Live& live);

  /// No more turns. What arrives from now on is left to the next process.
  void halt() { halted_ = true; }
  bool halted() const { return halted_; }

 private:
  bool is_to_be_set_aside(const Live& live) const;
  void take_turn(Live& live);
  /// Enters the next state.
  void resume(Live& live);
  void contain(Live& live, const char* why);
  void write(Live& live, std::vector<core::Event> events);
  void committed(Id id, storage::Outcome outcome);
  void answer(Live& live, Verdict verdict);
  /// Its start failed: nobody but the callers has heard of it.
  void give_up(Live& live, Verdict verdict);
  /// After a turn that could not be stored: back to what is stored, and again later.
  void roll_back(Live& live);
  void reload(Id id);
  /// `verdict`: of the requests that still wait for a turn.
  void remove(Live& live, Verdict verdict);

  Loop& loop_;
  const ShardDoors& doors_;
  LiveTable& table_;
  TurnFollower& follower_;
  TransitionQueue transitions_;
  bool halted_ = false;
};

}  // namespace stepd::run
