#include "engine/core/context.h"

#include "base/value/builder.h"

namespace stepd::core {
namespace {

Value item_object(std::uint32_t index, Value value) {
  return object({{"Item", object({{"Index", Value::integer(index)}, {"Value", std::move(value)}})}});
}

/// The nearest iteration that the frame is or lies in.
std::optional<Value> enclosing_item(const Execution& execution, FrameId id) {
  for (const Frame* frame = &execution.frame(id); frame->parent; frame = &execution.frame(*frame->parent)) {
    const auto* standing = std::get_if<AwaitingFrames>(&execution.frame(*frame->parent).standing);
    if (standing == nullptr) continue;
    const auto items = standing->items.value();
    if (!items.is_array()) continue;  // a Parallel state
    return item_object(frame->index, items[frame->index]);
  }
  return std::nullopt;
}

/// The members in AWS's order, which in an EXPRESS execution is another, without RedriveCount (recorded: 17 STANDARD
/// ones, and one).
Value execution_object(const Execution& execution) {
  const auto& who = execution.identity();
  const bool express = who.arn.find(":express:") != std::string::npos;
  ObjectBuilder out;
  const auto add_start = [&] { out.add("StartTime", Value::string(to_rfc3339(execution.started_at()))); };
  out.add("Id", Value::string(who.arn));
  out.add("Input", execution.input().value());
  if (!express) add_start();
  out.add("Name", Value::string(who.name));
  out.add("RoleArn", Value::string(who.role_arn));
  if (express)
    add_start();
  else
    out.add("RedriveCount", Value::integer(execution.redrive_count()));
  if (execution.redriven_at()) out.add("RedriveTime", Value::string(to_rfc3339(*execution.redriven_at())));
  return std::move(out).finish();
}

Value state_object(const Frame& frame, const StateTraits& state) {
  ObjectBuilder out;
  out.add("Name", Value::string(frame.state));
  out.add("EnteredTime", Value::string(to_rfc3339(frame.entered_at)));
  if (state.retries) out.add("RetryCount", Value::integer(frame.retry_count));
  return std::move(out).finish();
}

}  // namespace

Value context_object(const Execution& execution, FrameId id, const StateTraits& state,
                     const std::optional<MapItem>& item) {
  const auto& who = execution.identity();
  ObjectBuilder out;
  out.add("Execution", execution_object(execution));
  out.add("StateMachine",
          object({{"Id", Value::string(who.state_machine_arn)}, {"Name", Value::string(who.state_machine_name)}}));
  out.add("State", state_object(execution.frame(id), state));
  if (item)
    out.add("Map", item_object(item->index, item->value));
  else if (auto enclosing = enclosing_item(execution, id))
    out.add("Map", *std::move(enclosing));
  if (state.token) out.add("Task", object({{"Token", Value::string(*state.token)}}));
  return std::move(out).finish();
}

}  // namespace stepd::core
