// The tasks of a shard's executions on their way to whoever carries them out, and back.
#pragma once

#include "engine/core/execution.h"
#include "engine/run/children.h"
#include "engine/run/live.h"
#include "engine/run/live_table.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"
#include "engine/run/start_queue.h"
#include "engine/run/task_tokens.h"
#include "engine/run/turns.h"

namespace stepd::run {

/// Thread: the loop's, for every member.
class TaskStarts {
 public:
  /// All outlive it.
  TaskStarts(Loop& loop, const ShardDoors& doors, LiveTable& table, Turns& turns, Children& children,
             TaskTokens& tokens)
      : loop_(loop),
        doors_(doors),
        table_(table),
        turns_(turns),
        children_(children),
        tokens_(tokens),
        nested_(
            loop, doors, table,
            [this](const Live& live, const core::Awaited& task, bool waited) { call(live, task, waited); },
            [this](const Live& live, const core::Awaited& task) { begin_if_timed(live, task); }) {}

  /// `task` is of the kind Task.
  void start(Live& live, const core::Awaited& task);
  /// Nobody awaits the answer any more. Only for a call that has not been answered.
  void cancel(const Live& live, const core::Awaited& task);

 private:
  /// `waited`: as in StartQueue::Call.
  void call(const Live& live, const core::Awaited& task, bool waited);
  void begin_if_timed(const Live& live, const core::Awaited& task);
  /// What the call says when it begins. `timed`: the task's times begin then, so its execution hears of it at once.
  std::function<void()> begun(storage::ExecutionId id, core::command::TaskStart start, bool timed);
  /// The task whose call has not been answered; null: there is none. Valid until the next visit.
  OwedEffect* find_task(storage::ExecutionId id, core::FrameId frame, core::EventNumber token);
  /// The call was answered: there is nothing left to be cancelled.
  void note_answer(storage::ExecutionId id, const core::ParentLink& task);
  /// The call was answered. That may be the task's answer, or only the beginning of what it waits for.
  void done(storage::ExecutionId id, const core::TaskLabel& label, const core::ParentLink& task,
            const Result<Payload>& result);

  Loop& loop_;
  const ShardDoors& doors_;
  LiveTable& table_;
  Turns& turns_;
  Children& children_;
  TaskTokens& tokens_;
  StartQueue nested_;
};

}  // namespace stepd::run
