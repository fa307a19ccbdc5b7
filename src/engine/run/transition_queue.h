// Executions that could enter a state but wait for tokens of their state machine, or of all. They wait in the order in
// which they came, one line for each state machine, so that one that has used up its bucket does not slow the others.
//
// 1. Tokens are taken by the states that a turn has entered, after the turn: a turn may overdraw the bucket, by the
//    length of a turn at most.
// 2. Without tokens commands are still taken, so that a stop, a timeout or an answer is dealt with and stored at once.
//    But no state is entered because of them.
// 3. An execution that waits here rests, and may be parked.
#pragma once

#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

namespace stepd::run {

/// Thread: the loop's, for every member.
class TransitionQueue {
 public:
  /// Lets an execution that has waited enter its next state.
  using Resume = std::function<void(Live&)>;

  /// All outlive it.
  TransitionQueue(Loop& loop, const ShardDoors& doors, LiveTable& table, Resume resume)
      : loop_(loop), doors_(doors), table_(table), resume_(std::move(resume)) {}

  /// Whether executions of its state machine may enter states now.
  bool is_open(const Live& live) const;
  /// The same for an execution that could; if not, it waits here until `resume` is called for it.
  bool admit(Live& live);
  /// A turn of `live` has entered so many states.
  void entered(const Live& live, std::size_t states) const;

 private:
  void resume_next(const std::string& machine);

  Loop& loop_;
  const ShardDoors& doors_;
  LiveTable& table_;
  const Resume resume_;
  std::unordered_map<std::string, std::deque<storage::ExecutionId>> lines_;  ///< by the state machine's ARN
};

}  // namespace stepd::run
