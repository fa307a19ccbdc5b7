#include "engine/run/live_table.h"

#include <algorithm>
#include <utility>

namespace stepd::run {
namespace {

/// A timer that is due so much later is worth giving memory back for.
constexpr std::chrono::seconds kRestsFrom{1};

bool waits_in_line(const Live& live, core::EventNumber task) {
  const auto& waiting = live.pending.waiting_calls;
  return std::find(waiting.begin(), waiting.end(), task) != waiting.end();
}

/// No task of it runs in this process, and no timer is about to end its wait.
bool has_time(const Live& live, Instant now) {
  if (live.storing || !live.queue.empty()) return false;
  return std::none_of(live.pending.owed.begin(), live.pending.owed.end(), [&](const auto& owed) {
    return std::any_of(owed.second.begin(), owed.second.end(), [&](const OwedEffect& each) {
      const auto& awaited = each.awaited;
      return (awaited.kind == core::Awaited::Kind::Task && !waits_in_line(live, awaited.token)) ||
             (awaited.kind == core::Awaited::Kind::Timer && awaited.due - now < kRestsFrom);
    });
  });
}

/// Its one state works on a large value, whose tree is several times its text: not worth keeping while a task may wait
/// for its turn behind others. To read a smaller one again would cost more than it saves.
bool is_heavy(const Live& live) {
  constexpr std::size_t kHeavyBytes = 65'536;
  if (live.storing || !live.queue.empty() || live.execution.frames().size() != 1) return false;
  return live.execution.frames().begin()->second.input.size() >= kHeavyBytes;
}

}  // namespace

HeardTurn heard_turn(const Live& live) {
  return {*live.machine, live.machine_version, live.machine_alias, live.execution,
          live.events,   live.trace_header,    live.has_messages};
}

std::unique_ptr<Live> make_live(const storage::ExecutionRecord& record) {
  auto live = std::make_unique<Live>();
  live->id = record.id;
  live->arn = record.arn;
  live->trace_header = record.trace_header;
  live->machine_version = record.machine_version;
  live->machine_alias = record.machine_alias;
  return live;
}

Live& LiveTable::add(std::unique_ptr<Live> live) {
  Live& added = *live;
  if (added.in_memory) {
    ++express_count_;
    ++doors_.express->count;
    doors_.express->bytes += added.input_bytes;
  }
  by_arn_.emplace(added.arn, added.id);
  slots_[added.id].live = std::move(live);
  return added;
}

std::unique_ptr<Live> LiveTable::release(Live& live) {
  wake(live);
  if (live.in_memory) {
    --express_count_;
    --doors_.express->count;
    doors_.express->bytes -= live.input_bytes;
  }
  by_arn_.erase(live.arn);
  auto slot = slots_.extract(live.id);
  return std::move(slot.mapped().live);
}

std::optional<LiveTable::Id> LiveTable::find(const std::string& arn) const {
  const auto known = by_arn_.find(arn);
  return known == by_arn_.end() ? std::nullopt : std::optional(known->second);
}

Live* LiveTable::in_memory(Id id) {
  const auto found = slots_.find(id);
  return found == slots_.end() ? nullptr : found->second.live.get();
}

PendingEffects* LiveTable::pending(Id id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return nullptr;
  return found->second.live ? &found->second.live->pending : &found->second.parked->pending;
}

void LiveTable::for_each(const std::function<void(Live&)>& job) {
  for (auto& [id, slot] : slots_) {
    if (slot.live) job(*slot.live);
  }
}

void LiveTable::visit(Id id, Visit visit) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return visit(nullptr);
  if (found->second.live) return visit(found->second.live.get());
  auto& visits = found->second.parked->visits;
  visits.push_back(std::move(visit));
  if (visits.size() > 1) return;
  ++reading_;
  read_execution(loop_, doors_, id, [this, id](ReadExecution read) { unpark(id, std::move(read)); });
}

void LiveTable::rest(Live& live) {
  if (live.resting || live.visited) return;
  if (!has_time(live, doors_.clock.now())) {
    if (is_heavy(live)) live.execution.drop_trees();
    return;
  }
  live.execution.drop_trees();
  if (live.in_memory) return;
  live.resting = resting_.insert(resting_.end(), live.id);
  if (resting_.size() > doors_.resting_max) park(resting_.front());
}

void LiveTable::wake(Live& live) {
  if (live.resting) resting_.erase(*std::exchange(live.resting, std::nullopt));
}

void LiveTable::park(Id id) {
  auto& slot = slots_.at(id);
  wake(*slot.live);
  slot.parked = std::make_unique<Parked>(
      Parked{std::move(slot.live->machine), std::move(slot.live->pending), slot.live->suspected, {}});
  slot.live.reset();
  ++parked_count_;
}

void LiveTable::unpark(Id id, ReadExecution read) {
  --reading_;
  --parked_count_;
  auto& slot = slots_.at(id);
  const auto parked = std::move(slot.parked);
  if (read.stored) {
    slot.live = make_live(read.stored->record);
    slot.live->version = read.stored->version;
    slot.live->execution = std::move(read.stored->execution);
    slot.live->machine = parked->machine;
    slot.live->pending = std::move(parked->pending);
    slot.live->suspected = parked->suspected;
    slot.live->visited = true;
  } else {
    lose(id, parked->pending, read.fault);
  }
  // A visit may end the execution.
  for (const auto& visit : parked->visits) visit(in_memory(id));
  if (auto* live = in_memory(id)) {
    live->visited = false;
    rest(*live);
  }
}

void LiveTable::lose(Id id, const PendingEffects& pending, const std::optional<std::string>& fault) {
  for (const auto& [frame, owed] : pending.owed) {
    for (const auto& effect : owed) loop_.cancel(effect.timer);
  }
  if (pending.execution_timeout) loop_.cancel(*pending.execution_timeout);
  const auto known =
      std::find_if(by_arn_.begin(), by_arn_.end(), [id](const auto& entry) { return entry.second == id; });
  if (fault && doors_.quarantine != nullptr) doors_.quarantine->add(id, known->first, "", *fault, pending.watchers);
  by_arn_.erase(known);
  slots_.erase(id);
}

}  // namespace stepd::run
