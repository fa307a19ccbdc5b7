// Tasks that start executions (the integration with Step Functions itself), on their way to the engine.
//
// 1. A few calls of each state machine's executions are under way at once. The others wait here, in little memory, and
//    their executions may be parked. However many there are, the loops stay free for others.
// 2. A call that the engine puts off because a bucket is empty goes back into the line, and all of its line wait a
//    moment. Nothing is lost: the task stays scheduled, in the store as well.
// 3. The deepest goes first, else the first that came. An execution that starts itself twice over thus opens about as
//    many executions as its lineage may be deep, not twice as many in each generation.
#pragma once

#include "engine/core/execution.h"
#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace stepd::run {

/// Thread: the loop's, for every member.
class StartQueue {
 public:
  /// Makes the call of a task. `waited`: it has been here before, so that nobody need be told that the task begins.
  using Call = std::function<void(const Live& live, const core::Awaited& task, bool waited)>;
  /// A task that will have to wait has begun all the same: its timeouts count.
  using Begin = std::function<void(const Live& live, const core::Awaited& task)>;

  static constexpr std::size_t kUnderWay = 64;  ///< calls of the executions of one state machine at once

  /// All outlive it.
  StartQueue(Loop& loop, const ShardDoors& doors, LiveTable& table, Call call, Begin begin)
      : loop_(loop), doors_(doors), table_(table), call_(std::move(call)), begin_(std::move(begin)) {}

  /// Calls the task now or later.
  void add(Live& live, const core::Awaited& task);
  /// Its call is over: it was answered, or nobody awaits it any more. Ignored if it is not under way.
  void finish(const std::string& machine, storage::ExecutionId id, core::EventNumber token);
  /// Its call was put off.
  void put_off(const std::string& machine, storage::ExecutionId id, const core::Awaited& task);

 private:
  using Key = std::pair<storage::ExecutionId, core::EventNumber>;
  using Rank = std::pair<std::uint32_t, std::uint64_t>;  ///< how far it is from the greatest depth; when it came
  struct Place {
    storage::ExecutionId id{};
    core::Awaited task;
  };
  struct Line {
    std::map<Rank, Place> waiting;
    std::set<Key> under_way;
    std::chrono::milliseconds pause{0};  ///< the last one; 0: none since a call was answered
    bool pausing = false;
  };

  void wait(Line& line, Live& live, const core::Awaited& task);
  void advance(const std::string& machine);
  void call(const std::string& machine, const Place& place, Live* live);

  Loop& loop_;
  const ShardDoors& doors_;
  LiveTable& table_;
  const Call call_;
  const Begin begin_;
  std::unordered_map<std::string, Line> lines_;  ///< by the ARN of the state machine whose executions call
  std::uint64_t last_ = 0;
};

}  // namespace stepd::run
