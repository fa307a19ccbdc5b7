// The open executions of a shard, by id and by ARN.
//
// 1. An execution rests while it awaits timers, answers or other executions. The state of a resting execution is in the
//    store, so it need not be in memory as well.
// 2. The `resting_max` executions that began to rest last keep their state in memory, because many waits are short. The
//    others are parked: what they have asked of their surroundings stays, the rest is read again when it is needed.
//    A waiting execution thus costs less than 1 KB however large its values are.
// 3. Whoever wants the state of an execution visits it. The visits of one execution take place in their order; those of
//    a parked one wait until it is read, which happens off the loop.
// 4. EXPRESS executions and executions whose tasks run in this process are never parked.
#pragma once

#include "engine/run/live.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"
#include "engine/run/stored_execution.h"
#include "storage/store.h"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepd::run {

/// Thread: the loop's, for every member.
class LiveTable {
 public:
  using Id = storage::ExecutionId;
  /// Null: the execution is not open here any more.
  using Visit = std::function<void(Live*)>;

  /// Both outlive it.
  LiveTable(Loop& loop, const ShardDoors& doors) : loop_(loop), doors_(doors) {}

  Live& add(std::unique_ptr<Live> live);
  /// What it has asked for is taken back before, by the caller.
  void remove(Live& live) { release(live); }
  /// The same, but the execution goes on elsewhere.
  std::unique_ptr<Live> release(Live& live);

  std::optional<Id> find(const std::string& arn) const;
  /// At once if it is in memory or not here, else when it has been read. An execution that cannot be read is
  /// quarantined.
  void visit(Id id, Visit visit);
  /// Null: it is not here, or its state is not in memory.
  Live* in_memory(Id id);
  /// Null: it is not here. Valid until the next visit.
  PendingEffects* pending(Id id);
  /// For every execution whose state is in memory.
  void for_each(const std::function<void(Live&)>& job);

  /// Called when the execution has nothing to do at present: gives back what memory it can. `live` may be gone when
  /// this returns.
  void rest(Live& live);
  /// It has something to do again.
  void wake(Live& live);

  std::size_t stored_count() const { return slots_.size() - express_count_; }
  std::size_t express_count() const { return express_count_; }
  std::size_t parked_count() const { return parked_count_; }
  /// No execution is being read.
  bool idle() const { return reading_ == 0; }

 private:
  struct Parked {
    MachinePointer machine;  ///< so that its definition stays compiled
    PendingEffects pending;
    bool suspected = false;
    std::vector<Visit> visits;  ///< wait for it to be read
  };
  /// One of the two is set.
  struct Slot {
    std::unique_ptr<Live> live;
    std::unique_ptr<Parked> parked;
  };

  void park(Id id);
  void unpark(Id id, ReadExecution read);
  /// Of one that was parked.
  void lose(Id id, const PendingEffects& pending, const std::optional<std::string>& fault);

  Loop& loop_;
  const ShardDoors& doors_;
  std::unordered_map<Id, Slot> slots_;
  std::unordered_map<std::string, Id> by_arn_;
  std::list<Id> resting_;  ///< in memory, the one that began to rest first in front
  std::size_t express_count_ = 0;
  std::size_t parked_count_ = 0;
  std::size_t reading_ = 0;
};

}  // namespace stepd::run
