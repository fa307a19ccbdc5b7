#include "engine/run/start_queue.h"

#include <algorithm>
#include <limits>

namespace stepd::run {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1'600};

}  // namespace

void StartQueue::add(Live& live, const core::Awaited& task) {
  auto& line = lines_[live.machine->record.arn];
  if (!line.pausing && line.waiting.empty() && line.under_way.size() < kUnderWay) {
    line.under_way.emplace(live.id, task.token);
    return call_(live, task, false);
  }
  begin_(live, task);
  wait(line, live, task);
}

void StartQueue::wait(Line& line, Live& live, const core::Awaited& task) {
  const auto shallowness = std::numeric_limits<std::uint32_t>::max() - live.execution.identity().lineage.depth;
  line.waiting.emplace(Rank{shallowness, ++last_}, Place{live.id, task});
  live.pending.waiting_calls.push_back(task.token);
}

void StartQueue::finish(const std::string& machine, storage::ExecutionId id, core::EventNumber token) {
  const auto line = lines_.find(machine);
  if (line == lines_.end() || line->second.under_way.erase({id, token}) == 0) return;
  line->second.pause = std::chrono::milliseconds{0};
  loop_.post([this, machine] { advance(machine); });
}

void StartQueue::put_off(const std::string& machine, storage::ExecutionId id, const core::Awaited& task) {
  const auto found = lines_.find(machine);
  if (found == lines_.end() || found->second.under_way.erase({id, task.token}) == 0) return;
  Line& line = found->second;
  if (Live* live = table_.in_memory(id)) {
    wait(line, *live, task);
    table_.rest(*live);
  }
  if (std::exchange(line.pausing, true)) return;
  line.pause = std::clamp(2 * line.pause, kFirstPause, kLongestPause);
  loop_.call_at(doors_.clock.now() + line.pause, [this, machine] {
    lines_.at(machine).pausing = false;
    advance(machine);
  });
}

void StartQueue::advance(const std::string& machine) {
  const auto found = lines_.find(machine);
  if (found == lines_.end()) return;
  Line& line = found->second;  // stays where it is, whatever else is added
  while (!line.pausing && !line.waiting.empty() && line.under_way.size() < kUnderWay) {
    const auto place = line.waiting.extract(line.waiting.begin()).mapped();
    line.under_way.emplace(place.id, place.task.token);
    table_.visit(place.id, [this, machine, place](Live* live) { call(machine, place, live); });
  }
  if (!line.pausing && line.waiting.empty() && line.under_way.empty()) lines_.erase(machine);
}

void StartQueue::call(const std::string& machine, const Place& place, Live* live) {
  const auto* frame = live == nullptr ? nullptr : live->execution.find(place.task.frame);
  const auto* task = frame == nullptr ? nullptr : std::get_if<core::AwaitingTask>(&frame->standing);
  if (live != nullptr) std::erase(live->pending.waiting_calls, place.task.token);
  if (task == nullptr || task->token != place.task.token) return finish(machine, place.id, place.task.token);
  table_.wake(*live);
  call_(*live, place.task, true);
}

}  // namespace stepd::run
