#include "engine/run/task_starts.h"

#include "engine/core/decide.h"

#include <string>
#include <utility>

namespace stepd::run {
namespace {

namespace command = core::command;

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
  const bool timed = is_timed(task);
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
  call.started = [this, id, frame, token, timed, waited] {
    if (waited) return;
    loop_.post([this, id, frame, token, timed] {
      const command::TaskStart start{frame, token, ""};
      timed ? turns_.submit(id, start) : turns_.submit_idly(id, start);
    });
  };
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

void TaskStarts::cancel(const Live& live, const core::Awaited& task) {
  doors_.tasks.cancel(attempt_of(live, task));
  nested_.finish(live.machine->record.arn, live.id, task.token);
}

void TaskStarts::note_answer(storage::ExecutionId id, const core::ParentLink& task) {
  auto* pending = table_.pending(id);
  if (pending == nullptr) return;
  const auto owed = pending->owed.find(task.frame);
  if (owed == pending->owed.end()) return;
  for (auto& effect : owed->second) {
    if (effect.awaited.token == task.token) effect.is_called = false;
  }
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
