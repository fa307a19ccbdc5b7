#include "engine/run/task_starts.h"

#include "engine/core/decide.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace stepd::run {
namespace {

namespace command = core::command;

/// The beginning of an untimed task is told apart from its end if that takes longer.
constexpr std::chrono::milliseconds kQuickly{20};

/// What the answer to a task's call means for the task.
core::Command answer_command(const core::TaskLabel& label, const core::ParentLink& task,
                             const Result<Payload>& result) {
  if (!result) {
    core::Failure failure{result.error().name, result.error().cause};
    if (label.kind == asl::Resource::Kind::Activity)
      return command::TaskRefuse{task.frame, task.token, std::move(failure)};
    return command::TaskFailure{task.frame, task.token, std::move(failure)};
  }
  if (label.pattern() != asl::Resource::Pattern::RequestResponse)
    return command::TaskSubmit{task.frame, task.token, *result};
  return command::TaskSuccess{task.frame, task.token, *result};
}

/// What begins with a number is remembered until that execution has ended in the store (storage::ChangeItem).
std::string attempt_of(const Live& live, const core::Awaited& task) {
  return (live.in_memory ? "express-" : "") + std::to_string(static_cast<std::int64_t>(live.id)) + "-" +
         std::to_string(task.token);
}

const core::AwaitingTask& task_of(const Live& live, const core::Awaited& awaited) {
  return std::get<core::AwaitingTask>(live.execution.frame(awaited.frame).standing);
}

bool is_timed(const core::AwaitingTask& task) { return task.timeout_seconds || task.heartbeat_seconds; }

}  // namespace

void TaskStarts::start(Live& live, const core::Awaited& awaited) {
  if (core::starts_execution(task_of(live, awaited).label)) return nested_.add(live, awaited);
  call(live, awaited, false);
}

void TaskStarts::begin_if_timed(const Live& live, const core::Awaited& awaited) {
  if (!is_timed(task_of(live, awaited))) return;
  loop_.post(
      [this, id = live.id, start = command::TaskStart{awaited.frame, awaited.token, ""}] { turns_.submit(id, start); });
}

void TaskStarts::call(const Live& live, const core::Awaited& awaited, bool waited) {
  const auto& task = task_of(live, awaited);
  const auto id = live.id;
  const auto frame = awaited.frame;
  const auto token = awaited.token;
  TaskCall call;
  call.label = task.label;
  call.input = task.input;
  call.attempt = attempt_of(live, awaited);
  call.trace_header =
      doors_.trace_ids ? doors_.trace_ids->task_header(live.arn, live.trace_header, token) : live.trace_header;
  call.origin = {live.arn, frame, token};
  call.lineage = live.execution.identity().lineage;
  call.started = waited ? [] {} : begun(id, {frame, token, ""}, is_timed(task));
  const auto& machine = live.machine->record.arn;
  const bool nested = core::starts_execution(task.label);
  call.done = [this, id, label = task.label, origin = call.origin,
               line = nested ? machine : std::string()](Result<Payload> result) {
    loop_.post([this, id, label, origin, line, result = std::move(result)] {
      if (!line.empty()) nested_.finish(line, id, origin.token);
      done(id, label, origin, result);
    });
  };
  if (nested) {
    call.put_off = [this, id, awaited, machine] {
      loop_.post([this, id, awaited, machine] { nested_.put_off(machine, id, awaited); });
    };
  }
  call.take = [this, id, frame, token](std::string worker, std::function<void(Handover)> handed) {
    loop_.post([this, id, start = command::TaskStart{frame, token, std::move(worker)}, handed = std::move(handed)] {
      tokens_.hand_over(id, start, handed);
    });
  };
  doors_.tasks.start(std::move(call));
}

std::function<void()> TaskStarts::begun(storage::ExecutionId id, command::TaskStart start, bool timed) {
  if (timed) {
    return [this, id, start = std::move(start)] { loop_.post([this, id, start] { turns_.submit(id, start); }); };
  }
  const auto tell = [this, id, start = std::move(start)] {
    if (find_task(id, start.frame, start.token) != nullptr) turns_.submit_idly(id, start);
  };
  // Most handlers are done before anybody asks: the call tells only what the timer has not seen, and the other way
  // round.
  const auto seen = std::make_shared<std::atomic<bool>>(false);
  loop_.call_at(doors_.clock.now() + kQuickly, [seen, tell] {
    if (seen->exchange(true)) tell();
  });
  return [this, seen, tell] {
    if (seen->exchange(true)) loop_.post(tell);
  };
}

void TaskStarts::cancel(const Live& live, const core::Awaited& task) {
  doors_.tasks.cancel(attempt_of(live, task));
  nested_.finish(live.machine->record.arn, live.id, task.token);
}

OwedEffect* TaskStarts::find_task(storage::ExecutionId id, core::FrameId frame, core::EventNumber token) {
  auto* pending = table_.pending(id);
  if (pending == nullptr) return nullptr;
  const auto owed = pending->owed.find(frame);
  if (owed == pending->owed.end()) return nullptr;
  const auto task = std::find_if(owed->second.begin(), owed->second.end(), [token](const OwedEffect& effect) {
    return effect.is_called && effect.awaited.token == token;
  });
  return task == owed->second.end() ? nullptr : &*task;
}

void TaskStarts::note_answer(storage::ExecutionId id, const core::ParentLink& task) {
  if (auto* owed = find_task(id, task.frame, task.token)) owed->is_called = false;
}

void TaskStarts::done(storage::ExecutionId id, const core::TaskLabel& label, const core::ParentLink& task,
                      const Result<Payload>& result) {
  note_answer(id, task);
  auto parent = task;
  parent.awaits_end = true;
  auto child = result ? core::awaited_child(label, *result) : "";
  table_.visit(id, [this, label, parent, child = std::move(child), result](Live* live) {
    if (live == nullptr) return children_.leave(child, parent);
    turns_.submit(*live, {answer_command(label, parent, result), nullptr, false, child, parent});
  });
}

}  // namespace stepd::run
