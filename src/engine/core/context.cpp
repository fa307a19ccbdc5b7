#include "engine/core/context.h"

#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

/// The nearest iteration that the frame is or lies in.
std::optional<Json> enclosing_item(const Execution& execution, FrameId id) {
  for (const Frame* frame = &execution.frame(id); frame->parent; frame = &execution.frame(*frame->parent)) {
    const auto* standing = std::get_if<AwaitingFrames>(&execution.frame(*frame->parent).standing);
    if (standing == nullptr || !standing->items.value().is_array()) continue;  // a Parallel state
    return Json{{"Index", frame->index}, {"Value", standing->items.value()[frame->index]}};
  }
  return std::nullopt;
}

}  // namespace

Json context_object(const Execution& execution, FrameId id, const StateTraits& state,
                    const std::optional<MapItem>& item) {
  const auto& who = execution.identity();
  const Frame& frame = execution.frame(id);
  Json context = {
      {"Execution",
       {{"Id", who.arn},
        {"Input", nullptr},
        {"StartTime", to_rfc3339(execution.started_at())},
        {"Name", who.name},
        {"RoleArn", who.role_arn},
        {"RedriveCount", execution.redrive_count()}}},
      {"StateMachine", {{"Id", who.state_machine_arn}, {"Name", who.state_machine_name}}},
      {"State", {{"Name", frame.state}, {"EnteredTime", to_rfc3339(frame.entered_at)}}},
  };
  if (execution.redriven_at()) context["Execution"]["RedriveTime"] = to_rfc3339(*execution.redriven_at());
  if (state.retries) context["State"]["RetryCount"] = frame.retry_count;
  if (item)
    context["Map"] = {{"Item", {{"Index", item->index}, {"Value", item->value}}}};
  else if (auto enclosing = enclosing_item(execution, id))
    context["Map"] = {{"Item", *std::move(enclosing)}};
  if (state.token) context["Task"] = {{"Token", *state.token}};
  return context;
}

}  // namespace stepd::core
