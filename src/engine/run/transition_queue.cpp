#include "engine/run/transition_queue.h"

#include <utility>

namespace stepd::run {

bool TransitionQueue::is_open(const Live& live) const {
  if (doors_.throttles == nullptr || live.in_memory) return true;
  const auto& machine = live.machine->record.arn;
  return !lines_.contains(machine) && doors_.throttles->transitions.wait(machine).count() == 0;
}

bool TransitionQueue::admit(Live& live) {
  if (live.pending.awaits_tokens) return false;
  if (is_open(live)) return true;
  const auto& machine = live.machine->record.arn;
  const auto [line, is_new] = lines_.try_emplace(machine);
  line->second.push_back(live.id);
  live.pending.awaits_tokens = true;
  ++doors_.throttles->delayed_transitions;
  if (is_new) loop_.post([this, machine] { resume_next(machine); });
  return false;
}

void TransitionQueue::entered(const Live& live, std::size_t states) const {
  if (doors_.throttles == nullptr || live.in_memory || states == 0) return;
  doors_.throttles->transitions.spend(live.machine->record.arn, states);
}

void TransitionQueue::resume_next(const std::string& machine) {
  const auto line = lines_.find(machine);
  if (line->second.empty()) {
    lines_.erase(line);
    return;
  }
  if (const auto wait = doors_.throttles->transitions.wait(machine); wait.count() > 0) {
    loop_.call_at(doors_.clock.now() + wait, [this, machine] { resume_next(machine); });
    return;
  }
  const auto id = line->second.front();
  line->second.pop_front();
  // One after the other: each takes its tokens before the next one is looked at, also if it has to be read.
  table_.visit(id, [this, machine](Live* live) {
    if (live != nullptr && std::exchange(live->pending.awaits_tokens, false)) resume_(*live);
    loop_.post([this, machine] { resume_next(machine); });
  });
}

}  // namespace stepd::run
