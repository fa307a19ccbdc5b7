// Executions that tasks of this shard's executions have started, and executions of this shard whose end such a task
// awaits. Parent and child may live on two shards, which speak through Kin.
#pragma once

#include "engine/core/event.h"
#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"
#include "engine/run/turns.h"
#include "storage/store.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stepd::run {

/// Thread: the loop's, for every member.
class Children {
 public:
  /// All outlive it.
  Children(Loop& loop, const ShardDoors& doors, LiveTable& table, Turns& turns)
      : loop_(loop), doors_(doors), table_(table), turns_(turns) {}

  // ---- of the parent's shard ----

  /// The task has started an execution, whose end is its answer.
  void await(Live& live, const core::Awaited& task);
  /// The task is no more. Nothing happens if it has started no execution.
  void end_task(Live& live, const core::Awaited& task);
  /// Nobody awaits the end of `child` on behalf of `task`. An empty `child` is none.
  void leave(const std::string& child, const core::ParentLink& task) const;
  /// What the end of the task's child means for it; none: the child does not exist.
  void ended(const core::ParentLink& task, const std::optional<storage::ExecutionRecord>& child);
  /// Whether that task is still to be answered.
  bool awaits(const core::ParentLink& task);

  // ---- of the child's shard ----

  /// Kin::watch.
  void watch(const std::string& child, const core::ParentLink& task);
  /// Of an execution that leaves the table without having been stored, such as a second start by the name of one that
  /// has ended: whoever found it here awaits the one that is stored.
  void watch_again(const Live& live);
  /// Kin::abandon.
  void abandon(const std::string& child, const core::ParentLink& task);
  /// Tells all who watch it that this execution has ended.
  void tell_watchers(const Live& live);
  /// An execution that another process left open. See abandon_orphans().
  void adopted(const Live& live);
  /// Stops the adopted executions whose end was awaited by a task that is no more. Called once, when all are adopted.
  void abandon_orphans(const std::function<bool(const core::ParentLink& task)>& is_awaited);

 private:
  /// Once the child's end has been read; if it cannot be read, tries again after `wait`.
  void tell(const std::string& child, const core::ParentLink& task, std::chrono::seconds wait = kFirstWait);
  void tell_end(const std::string& child, const core::ParentLink& task, std::optional<storage::ExecutionRecord> end);

  static constexpr std::chrono::seconds kFirstWait{1};

  Loop& loop_;
  const ShardDoors& doors_;
  LiveTable& table_;
  Turns& turns_;
  std::vector<std::pair<std::string, core::ParentLink>> adopted_;  ///< those whose end a parent awaited, with its task
};

}  // namespace stepd::run
