// Tasks that are handed out and answered by their tokens. What follows from an answer is decided by the core.
#pragma once

#include "engine/core/command.h"
#include "engine/core/token.h"
#include "engine/run/live_table.h"
#include "engine/run/shard_doors.h"
#include "engine/run/task_call.h"
#include "engine/run/turns.h"

#include <functional>

namespace stepd::run {

/// Thread: the loop's, for every member.
class TaskTokens {
 public:
  /// All outlive it.
  TaskTokens(const ShardDoors& doors, LiveTable& table, Turns& turns) : doors_(doors), table_(table), turns_(turns) {}

  /// A worker takes the task of an activity up; `handed` is told its token once that is stored.
  void hand_over(storage::ExecutionId id, const core::command::TaskStart& start, std::function<void(Handover)> handed);
  /// `answer` is for the task that `token` names.
  void answer(const core::TaskToken& token, core::Command answer, Reply<std::monostate> reply);

 private:
  const ShardDoors& doors_;
  LiveTable& table_;
  Turns& turns_;
};

}  // namespace stepd::run
