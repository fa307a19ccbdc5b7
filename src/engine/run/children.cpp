// What a shard does for executions that await others, and for those that are awaited.
#include "engine/asl/errors.h"
#include "engine/run/kin.h"
#include "engine/run/live.h"
#include "engine/run/refusals.h"
#include "engine/run/shard.h"

#include <spdlog/spdlog.h>

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

const char* status_of(storage::ExecutionStatus status) {
  static constexpr std::array kNames{"", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};
  return kNames[static_cast<std::size_t>(status)];
}

/// As a text, or as what the text says.
Json shown(const std::string& text, bool parsed) {
  if (!parsed) return text;
  auto value = parse_json(text);
  return value ? *std::move(value) : Json(text);
}

/// DescribeExecution's answer in the names of integrations, by name as AWS prints it.
Json describe(const storage::ExecutionRecord& child, bool parsed) {
  Json description = Json::object();
  if (child.cause) description["Cause"] = *child.cause;
  if (child.error) description["Error"] = *child.error;
  description["ExecutionArn"] = child.arn;
  description["Input"] = shown(child.input, parsed);
  description["InputDetails"] = {{"Included", true}};
  description["Name"] = child.name;
  if (child.output) {
    description["Output"] = shown(*child.output, parsed);
    description["OutputDetails"] = {{"Included", true}};
  }
  description["StartDate"] = child.started_at.time_since_epoch().count();
  description["StateMachineArn"] = child.state_machine_arn;
  description["Status"] = status_of(child.status);
  if (child.stopped_at) description["StopDate"] = child.stopped_at->time_since_epoch().count();
  if (!child.trace_header.empty()) description["TraceHeader"] = child.trace_header;
  return description;
}

}  // namespace

core::Command end_of_child(const core::TaskLabel& label, const core::ParentLink& task,
                           const std::optional<storage::ExecutionRecord>& child) {
  namespace command = core::command;
  const std::string failed(asl::errors::kTaskFailed);
  if (!child) return command::TaskFailure{task.frame, task.token, {failed, "The execution does not exist any more."}};
  auto description = describe(*child, label.pattern() == asl::Resource::Pattern::Sync2);
  if (child->status == storage::ExecutionStatus::Succeeded)
    return command::TaskSuccess{task.frame, task.token, Payload(std::move(description))};
  return command::TaskFailure{task.frame, task.token, {failed, print_json(description)}};
}

void Shard::watch(const std::string& child, const core::ParentLink& task) {
  if (const auto known = by_arn_.find(child); known != by_arn_.end()) {
    find(known->second)->watchers.push_back(task);
    return;
  }
  tell_of(child, task);
}

void Shard::tell_of(const std::string& child, const core::ParentLink& task) const {
  read([child, task, kin = doors_.kin, &store = doors_.store] {
    try {
      kin->tell(task, store.reader().execution(child));
    } catch (const storage::StoreError& error) {
      spdlog::error("{} cannot be read, so {} waits on: {}", child, task.execution_arn, error.what());
    }
  });
}

void Shard::child_ended(const core::ParentLink& task, const std::optional<storage::ExecutionRecord>& child) {
  const auto known = by_arn_.find(task.execution_arn);
  if (known == by_arn_.end()) return;
  if (child && child->status == storage::ExecutionStatus::Running) return;  // it could not be adopted, and stays open
  const auto* awaited = awaited_task(*find(known->second), task);
  if (awaited != nullptr) submit(known->second, end_of_child(awaited->label, task, child));
}

const core::AwaitingTask* Shard::awaited_task(const Live& live, const core::ParentLink& task) {
  const auto* frame = live.execution.find(task.frame);
  const auto* awaited = frame == nullptr ? nullptr : std::get_if<core::AwaitingTask>(&frame->standing);
  return awaited != nullptr && awaited->token == task.token ? awaited : nullptr;
}

bool Shard::awaits(const core::ParentLink& task) {
  const auto known = by_arn_.find(task.execution_arn);
  return known != by_arn_.end() && awaited_task(*find(known->second), task) != nullptr;
}

void Shard::leave_child(const std::string& child, const core::ParentLink& task) const {
  if (doors_.kin != nullptr && !child.empty()) doors_.kin->abandon(child, task);
}

void Shard::abandon(const std::string& child, const core::ParentLink& task) {
  const auto known = by_arn_.find(child);
  if (known == by_arn_.end()) return;
  const auto& execution = find(known->second)->execution;
  // One that somebody else has started by the same name was awaited too, but is not ours to end; nor is one that has
  // been redriven for its own sake since.
  if (execution.identity().parent == task && execution.redrive_count() == 0)
    submit(known->second, core::command::Stop{});
}

void Shard::abandon_orphans(const std::function<bool(const core::ParentLink& task)>& is_awaited) {
  std::vector<std::pair<std::string, core::ParentLink>> orphans;
  for (const auto& [id, live] : live_) {
    const auto& parent = live->execution.identity().parent;
    if (parent && parent->awaits_end && !is_awaited(*parent)) orphans.emplace_back(live->arn, *parent);
  }
  for (const auto& [arn, parent] : orphans) abandon(arn, parent);
}

std::optional<StartedExecution> Shard::started_before(const std::string& arn, const core::ParentLink& parent,
                                                      const storage::Reader& reader) {
  try {
    const auto record = reader.execution(arn);
    if (!record) return std::nullopt;
    const auto first = reader.events(record->id, 1, 1, false);
    if (first.empty()) return std::nullopt;
    ExecutionPayloads payloads(reader, record->id);
    const auto begun = core::decode_event(first.front().data, payloads);
    const auto* started = std::get_if<core::event::ExecutionStarted>(&begun.body);
    if (started == nullptr || started->identity.parent != parent) return std::nullopt;
    return StartedExecution{arn, record->started_at};
  } catch (const std::exception& error) {
    spdlog::error("{} cannot be read: {}", arn, error.what());
    return std::nullopt;
  }
}

}  // namespace stepd::run
