#include "engine/run/children.h"

#include "engine/asl/errors.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

constexpr std::chrono::seconds kLongestWait{60};

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

core::ParentLink link_of(const Live& live, const core::Awaited& task) {
  return {live.arn, task.frame, task.token, true};
}

}  // namespace

core::Command end_of_child(asl::Resource::Pattern pattern, const core::ParentLink& task,
                           const std::optional<storage::ExecutionRecord>& child) {
  namespace command = core::command;
  const std::string failed(asl::errors::kTaskFailed);
  if (!child) return command::TaskFailure{task.frame, task.token, {failed, "The execution does not exist any more."}};
  auto description = describe(*child, pattern == asl::Resource::Pattern::Sync2);
  if (child->status == storage::ExecutionStatus::Succeeded)
    return command::TaskSuccess{task.frame, task.token, Payload(std::move(description))};
  return command::TaskFailure{task.frame, task.token, {failed, print_json(description)}};
}

// ---- of the parent's shard ------------------------------------------------------------------------------------------

void Children::await(Live& live, const core::Awaited& task) {
  const auto& awaiting = std::get<core::AwaitingTask>(live.execution.frame(task.frame).standing);
  if (doors_.kin == nullptr || awaiting.child.empty()) return;
  live.pending.children[task.token] = {awaiting.child, awaiting.label.pattern()};
  doors_.kin->watch(awaiting.child, link_of(live, task));
}

void Children::end_task(Live& live, const core::Awaited& task) {
  auto& children = live.pending.children;
  const auto child = children.find(task.token);
  if (child == children.end()) return;
  leave(child->second.arn, link_of(live, task));
  children.erase(child);
}

void Children::leave(const std::string& child, const core::ParentLink& task) const {
  if (doors_.kin != nullptr && !child.empty()) doors_.kin->abandon(child, task);
}

void Children::ended(const core::ParentLink& task, const std::optional<storage::ExecutionRecord>& child) {
  const auto parent = table_.find(task.execution_arn);
  if (!parent) return;
  // As it is stored: a turn that is under way may end the task, and may yet come to nothing.
  const auto& children = table_.pending(*parent)->children;
  const auto awaited = children.find(task.token);
  if (awaited != children.end()) turns_.submit(*parent, end_of_child(awaited->second.pattern, task, child));
}

bool Children::awaits(const core::ParentLink& task) {
  const auto parent = table_.find(task.execution_arn);
  if (!parent) return false;
  const auto& owed = table_.pending(*parent)->owed;
  const auto found = owed.find(task.frame);
  return found != owed.end() && std::any_of(found->second.begin(), found->second.end(),
                                            [&](const auto& each) { return each.awaited.token == task.token; });
}

// ---- of the child's shard -------------------------------------------------------------------------------------------

void Children::watch(const std::string& child, const core::ParentLink& task) {
  const auto id = table_.find(child);
  if (!id) {
    if (doors_.quarantine == nullptr || !doors_.quarantine->watch(child, task)) tell(child, task);
    return;
  }
  table_.pending(*id)->watchers.push_back(task);
}

void Children::watch_again(const Live& live) {
  for (const auto& task : live.pending.watchers) {
    loop_.post([this, child = live.arn, task] { watch(child, task); });
  }
}

void Children::tell_watchers(const Live& live) {
  for (const auto& task : live.pending.watchers) tell(live.arn, task);
}

void Children::tell(const std::string& child, const core::ParentLink& task, std::chrono::seconds wait) {
  doors_.read([this, child, task, wait] {
    try {
      loop_.post([this, child, task, end = doors_.store.reader().execution(child)] { tell_end(child, task, end); });
    } catch (const storage::StoreError& error) {
      spdlog::error("{} cannot be read, so {} waits on: {}", child, task.execution_arn, error.what());
      loop_.post([this, child, task, wait] {
        loop_.call_at(doors_.clock.now() + wait,
                      [this, child, task, wait] { tell(child, task, std::min(wait * 2, kLongestWait)); });
      });
    }
  });
}

void Children::tell_end(const std::string& child, const core::ParentLink& task,
                        std::optional<storage::ExecutionRecord> end) {
  if (!end || end->status != storage::ExecutionStatus::Running) return doors_.kin->tell(task, std::move(end));
  // It has been redriven since it ended. One that is not here could not be adopted, and stays open.
  if (const auto id = table_.find(child)) table_.pending(*id)->watchers.push_back(task);
}

void Children::abandon(const std::string& child, const core::ParentLink& task) {
  const auto id = table_.find(child);
  if (!id) return;
  table_.visit(*id, [this, task](Live* live) {
    if (live == nullptr) return;
    // One that somebody else has started by the same name was awaited too, but is not ours to end; nor is one that has
    // been redriven for its own sake since.
    const auto& execution = live->execution;
    if (execution.identity().parent == task && execution.redrive_count() == 0)
      turns_.submit(*live, {core::command::Stop{}});
  });
}

void Children::adopted(const Live& live) {
  const auto& parent = live.execution.identity().parent;
  if (parent && parent->awaits_end) adopted_.emplace_back(live.arn, *parent);
}

void Children::abandon_orphans(const std::function<bool(const core::ParentLink& task)>& is_awaited) {
  for (const auto& [child, parent] : std::exchange(adopted_, {})) {
    if (!is_awaited(parent)) abandon(child, parent);
  }
}

}  // namespace stepd::run
