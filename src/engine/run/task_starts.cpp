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

}  // namespace

void TaskStarts::start(const Live& live, const core::Awaited& awaited) {
  const auto& task = std::get<core::AwaitingTask>(live.execution.frame(awaited.frame).standing);
  const bool timed = task.timeout_seconds || task.heartbeat_seconds;
  const auto id = live.id;
  const auto frame = awaited.frame;
  const auto token = awaited.token;
  TaskCall call;
  call.label = task.label;
  call.input = task.input;
  call.attempt = attempt_of(live, awaited);
  call.trace_header = live.trace_header;
  call.origin = {live.arn, frame, token};
  call.started = [this, id, frame, token, timed] {
    loop_.post([this, id, frame, token, timed] {
      const command::TaskStart start{frame, token, ""};
      timed ? turns_.submit(id, start) : turns_.submit_idly(id, start);
    });
  };
  call.done = [this, id, label = task.label, origin = call.origin](Result<Payload> result) {
    loop_.post([this, id, label, origin, result = std::move(result)] { done(id, label, origin, result); });
  };
  call.take = [this, id, frame, token](std::string worker, std::function<void(Handover)> handed) {
    loop_.post([this, id, start = command::TaskStart{frame, token, std::move(worker)}, handed = std::move(handed)] {
      tokens_.hand_over(id, start, handed);
    });
  };
  doors_.tasks.start(std::move(call));
}

void TaskStarts::cancel(const Live& live, const core::Awaited& task) { doors_.tasks.cancel(attempt_of(live, task)); }

void TaskStarts::done(storage::ExecutionId id, const core::TaskLabel& label, const core::ParentLink& task,
                      const Result<Payload>& result) {
  auto parent = task;
  parent.awaits_end = true;
  auto child = result ? core::awaited_child(label, *result) : "";
  table_.visit(id, [this, label, parent, child = std::move(child), result](Live* live) {
    if (live == nullptr) return children_.leave(child, parent);
    turns_.submit(*live, {answer_command(label, parent, result), nullptr, false, child, parent});
  });
}

}  // namespace stepd::run
