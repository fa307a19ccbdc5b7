#include "engine/core/execution.h"

#include "base/assert.h"

namespace stepd::core {

std::size_t variable_bytes_of(const Frame& frame) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : frame.variables) bytes += value.size();
  return bytes;
}
namespace {

Awaited::Kind kind_of(const AwaitingTask& task) {
  if (task.label.kind == asl::Resource::Kind::Activity)
    return task.started ? Awaited::Kind::Answer : Awaited::Kind::Task;
  if (!task.submitted) return Awaited::Kind::Task;
  return task.label.pattern() == asl::Resource::Pattern::WaitForTaskToken ? Awaited::Kind::Answer
                                                                          : Awaited::Kind::Child;
}

}  // namespace

const Frame* Execution::find(FrameId id) const {
  const auto found = frames_.find(id);
  return found == frames_.end() ? nullptr : &found->second;
}

const Frame& Execution::frame(FrameId id) const {
  const Frame* found = find(id);
  STEPD_ASSERT(found != nullptr);
  return *found;
}

const std::vector<FrameId>& Execution::children(FrameId id) const {
  static const std::vector<FrameId> none;
  const auto found = children_.find(id);
  return found == children_.end() ? none : found->second;
}

std::optional<FrameId> Execution::next_ready() const {
  if (ready_.empty() || status_ != Status::Running) return std::nullopt;
  return *ready_.begin();
}

std::vector<Awaited> Execution::awaited(FrameId id) const {
  std::vector<Awaited> all;
  const Frame* frame = find(id);
  if (frame == nullptr || status_ != Status::Running) return all;
  if (const auto* timer = std::get_if<AwaitingTimer>(&frame->standing)) {
    all.push_back({Awaited::Kind::Timer, id, timer->since, timer->due, timer->absolute});
  } else if (const auto* task = std::get_if<AwaitingTask>(&frame->standing)) {
    all.push_back({kind_of(*task), id, task->token, {}});
    if (task->times_out_at) all.push_back({Awaited::Kind::TaskTimeout, id, task->token, *task->times_out_at});
    if (task->heartbeat_due) all.push_back({Awaited::Kind::TaskHeartbeat, id, task->token, *task->heartbeat_due});
  } else if (std::holds_alternative<Ready>(frame->standing)) {
    all.push_back({Awaited::Kind::Continue, id, 0, {}});
  }
  return all;
}

std::vector<Awaited> Execution::awaited() const {
  std::vector<Awaited> all;
  if (status_ != Status::Running) return all;
  if (times_out_at_) all.push_back({Awaited::Kind::ExecutionTimeout, kRootFrame, 0, *times_out_at_});
  for (const auto& [id, frame] : frames_) {
    const auto of_frame = awaited(id);
    all.insert(all.end(), of_frame.begin(), of_frame.end());
  }
  return all;
}

void Execution::drop_trees() const {
  input_.drop_tree();
  for (const auto& [id, frame] : frames_) {
    frame.input.drop_tree();
    for (const auto& [name, value] : frame.variables) value.drop_tree();
    if (const auto* task = std::get_if<AwaitingTask>(&frame.standing)) task->input.drop_tree();
    if (const auto* children = std::get_if<AwaitingFrames>(&frame.standing)) children->items.drop_tree();
    if (const auto* finished = std::get_if<Finished>(&frame.standing)) finished->output.drop_tree();
  }
}

}  // namespace stepd::core
