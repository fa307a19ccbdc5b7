#include "engine/run/turns.h"

#include "base/log_context.h"
#include "engine/asl/errors.h"
#include "engine/core/decide.h"
#include "engine/run/stored_execution.h"
#include "engine/run/uuid.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace stepd::run {
namespace {

/// How long the news that a task began may wait for company: most handlers are done by then, which saves a commit.
constexpr std::chrono::milliseconds kIdle{20};
/// How long a turn that could not be stored waits before it is decided again.
constexpr std::chrono::seconds kAgain{1};

/// An EXPRESS execution that fills so many turns would slow down others for long.
constexpr unsigned kLongTurns = 4;

/// Ends some time after it is made, or before the first state. The clock is looked at for every few states only.
class TurnSlice final : public core::TimeSlice {
 public:
  /// Without a `length` it has no end. Not `open`: it is over at once.
  TurnSlice(std::chrono::microseconds length, bool open)
      : open_(open), length_(length), end_(std::chrono::steady_clock::now() + length) {}
  bool is_over() const override {
    if (!open_) return true;
    return length_.count() > 0 && ++asked_ % kEvery == 0 && std::chrono::steady_clock::now() >= end_;
  }

 private:
  static constexpr unsigned kEvery = 4;
  bool open_;
  std::chrono::microseconds length_;
  std::chrono::steady_clock::time_point end_;
  mutable unsigned asked_ = 0;
};

/// Notes the turn as long as it lasts.
class MarkedTurn {
 public:
  MarkedTurn(storage::TurnMarker* marker, std::size_t shard, storage::ExecutionId id) : marker_(marker), shard_(shard) {
    if (marker_ != nullptr) marker_->enter(shard_, id);
  }
  MarkedTurn(const MarkedTurn&) = delete;
  MarkedTurn& operator=(const MarkedTurn&) = delete;
  ~MarkedTurn() {
    if (marker_ != nullptr) marker_->leave(shard_);
  }

 private:
  storage::TurnMarker* marker_;
  std::size_t shard_;
};

/// The state at which the execution stands, as far as that can be told.
std::string state_of(const Live& live) {
  const auto ready = live.execution.next_ready();
  const auto* frame = live.execution.find(ready.value_or(core::kRootFrame));
  return frame == nullptr ? "" : frame->state;
}

/// Of the states that a turn has changed.
std::size_t data_bytes(const Live& live) {
  std::size_t bytes = 0;
  for (const auto id : live.touched) {
    const auto* frame = live.execution.find(id);
    if (frame == nullptr) continue;
    bytes += frame->input.size();
    for (const auto& [name, value] : frame->variables) bytes += value.size();
  }
  return bytes;
}

std::size_t states_entered(const std::vector<core::Event>& events) {
  return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const core::Event& event) {
    return std::holds_alternative<core::event::StateEntered>(event.body);
  }));
}

}  // namespace

void Turns::submit(Live& live, Request request) {
  live.queue.push_back(std::move(request));
  pump(live);
}

void Turns::submit(Id id, core::Command command) {
  table_.visit(id, [this, command = std::move(command)](Live* live) {
    if (live != nullptr) submit(*live, {command});
  });
}

void Turns::submit_idly(Id id, core::Command command) {
  Live* live = table_.in_memory(id);
  if (live == nullptr) return submit(id, std::move(command));
  live->queue.push_back({std::move(command)});
  if (live->idling) return;
  live->idling = true;
  loop_.call_at(doors_.clock.now() + kIdle, [this, id] {
    if (Live* waiting = table_.in_memory(id)) {
      waiting->idling = false;
      pump(*waiting);
    }
  });
}

void Turns::pump(Live& live) {
  if (live.storing || halted_ || live.queue.empty()) return;
  table_.wake(live);
  const LogContext context(live.arn);
  if (doors_.quarantine == nullptr) return take_turn(live);
  try {
    take_turn(live);
  } catch (const std::exception& error) {
    contain(live, error.what());
  } catch (...) {
    contain(live, "an exception of an unknown type");
  }
}

void Turns::contain(Live& live, const char* why) {
  const auto state = state_of(live);
  const LogContext context(live.arn, state);
  if (!live.in_memory && live.version > 0) {
    doors_.quarantine->add(live.id, live.arn, state, why, live.pending.watchers);
    return give_up(live, Verdict::Unavailable);
  }
  // Nobody has seen it run: what it would have done is replaced by its failure.
  spdlog::error("execution {} fails in state {}: {}", live.arn, state, why);
  const auto identity = live.execution.identity();
  const auto input = live.execution.input();
  try {
    live.execution = {};
    auto decision =
        core::fail_start(*live.machine->definition, live.execution, {identity, input},
                         {std::string(asl::errors::kRuntime), std::string("The execution cannot go on: ") + why},
                         {doors_.clock.now(), random_bits()});
    write(live, std::move(decision.events));
  } catch (const std::exception& error) {
    spdlog::error("execution {} is dropped: {}", live.arn, error.what());
    give_up(live, Verdict::Unavailable);
  }
}

void Turns::take_turn(Live& live) {
  std::vector<core::Event> events;
  const MarkedTurn marked(doors_.marker, doors_.number, live.id);
  const TurnSlice slice(doors_.slice, std::exchange(live.admitted, false) || transitions_.is_open(live));
  while (!live.queue.empty() && events.size() < core::kTurnEvents && (events.empty() || !slice.is_over())) {
    auto& request = live.turn.emplace_back(std::move(live.queue.front()));
    live.queue.pop_front();
    live.decided.emplace(doors_.clock);
    auto decision =
        core::decide(*live.machine->definition, live.execution, request.command,
                     {live.decided->date, random_bits(), &slice, doors_.activities, &doors_.tasks}, doors_.observer);
    request.rejected = decision.rejection.has_value();
    events.insert(events.end(), std::make_move_iterator(decision.events.begin()),
                  std::make_move_iterator(decision.events.end()));
  }
  transitions_.entered(live, states_entered(events));
  if (!events.empty()) return write(live, std::move(events));
  answer(live, Verdict::Done);
  table_.rest(live);
}

void Turns::write(Live& live, std::vector<core::Event> events) {
  const auto& changes = live.execution.changes();
  live.touched = changes.hot;
  live.touched.insert(changes.cold.begin(), changes.cold.end());
  live.touched.insert(changes.dropped.begin(), changes.dropped.end());
  if (live.in_memory) {
    live.storing = true;
    live.execution.changes_stored();
    live.events = std::move(events);
    live.data_bytes = std::max(live.data_bytes, data_bytes(live));
    // Through the loop, where the others have their turns however long this execution goes on without a rest.
    return loop_.post([this, id = live.id] { committed(id, storage::Outcome::Committed); });
  }
  live.entry.emplace(doors_.store, live.id);
  if (live.created) {
    live.created->started_at = live.execution.started_at();  // as its history and its callers have it
    live.entry->put_input(live.execution.input(), *live.created);
  }
  auto delta = live.entry->make_delta(live.execution, events);
  delta.expected_version = live.version;
  delta.created = live.created;
  delta.redriven = live.redriven;
  delta.arrival = live.arrival;
  live.execution.changes_stored();
  live.events = std::move(events);
  for (auto* listener : doors_.listeners) {
    auto messages = listener->messages(heard_turn(live));
    std::move(messages.begin(), messages.end(), std::back_inserter(delta.outbox.records));
  }
  live.has_messages = !delta.outbox.records.empty();
  live.storing = true;
  doors_.store.write(std::move(delta), [this, id = live.id](storage::Outcome outcome) {
    loop_.post([this, id, outcome] { committed(id, outcome); });
  });
}

void Turns::committed(Id id, storage::Outcome outcome) {
  Live& live = *table_.in_memory(id);  // it is not parked while it is being stored
  live.storing = false;
  switch (outcome) {
    case storage::Outcome::Committed:
      break;
    case storage::Outcome::NameTaken:
      return give_up(live, Verdict::NameTaken);
    case storage::Outcome::Unavailable:
      return live.version == 0 ? give_up(live, Verdict::Unavailable) : roll_back(live);
    case storage::Outcome::Conflict:
      if (live.version == 0) return give_up(live, Verdict::MachineGone);
      spdlog::critical("the journal of {} is not what was written", live.arn);
      [[fallthrough]];
    case storage::Outcome::Fatal:
      halted_ = true;
      answer(live, Verdict::Unavailable);
      return doors_.fatal();
  }
  if (const auto entry = std::exchange(live.entry, std::nullopt)) entry->committed();
  if (std::exchange(live.suspected, false) && doors_.marker != nullptr) doors_.marker->absolve(live.id);
  const bool first = live.version++ == 0;
  live.created.reset();
  live.redriven.reset();
  const bool ended = live.execution.status() != core::Status::Running;
  follower_.stored(live, std::exchange(live.touched, {}), first);
  answer(live, Verdict::Done);
  if (ended) {
    follower_.ended(live);
    return remove(live, Verdict::Rejected);
  }
  carry_on(live);
}

/// An execution that goes on and on, and that nothing on this shard will answer.
bool Turns::is_to_be_set_aside(const Live& live) const {
  return live.in_memory && live.full_turns >= kLongTurns && doors_.set_aside && live.queue.empty() &&
         live.pending.owed.empty() && !halted_;
}

void Turns::carry_on(Live& live) {
  if (live.in_memory && live.execution.next_ready()) ++live.full_turns;
  if (is_to_be_set_aside(live)) {
    follower_.removed(live);
    return doors_.set_aside(table_.release(live));
  }
  // Behind what waits: a stop, or a time that is over, ends an execution that would go on for ever.
  if (live.execution.next_ready() && transitions_.admit(live)) live.queue.push_back({core::command::Continue{}});
  live.queue.empty() ? table_.rest(live) : pump(live);
}

void Turns::resume(Live& live) {
  if (!live.execution.next_ready()) return carry_on(live);
  live.admitted = true;
  live.queue.push_back({core::command::Continue{}});
  pump(live);
}

void Turns::answer(Live& live, Verdict verdict) {
  for (auto& request : std::exchange(live.turn, {})) {
    if (request.rejected && verdict == Verdict::Done) follower_.rejected(request);
    if (!request.answered) continue;
    request.answered(verdict == Verdict::Done && request.rejected ? Verdict::Rejected : verdict, live.execution);
  }
  for (const auto& starter : std::exchange(live.starters, {})) starter(verdict, live);
  live.arrival.reset();
}

void Turns::give_up(Live& live, Verdict verdict) {
  answer(live, verdict);
  // What was decided is not stored, so nobody is told of it.
  remove(live, Verdict::Unavailable);
}

void Turns::roll_back(Live& live) {
  spdlog::warn("a turn of {} could not be stored; it is tried again", live.arn);
  // Who was told so will ask again.
  std::erase_if(live.turn, [&](const auto& request) {
    if (request.answered) request.answered(Verdict::Unavailable, live.execution);
    return request.answered != nullptr;
  });
  live.queue.insert(live.queue.begin(), std::make_move_iterator(live.turn.begin()),
                    std::make_move_iterator(live.turn.end()));
  live.turn.clear();
  live.touched.clear();
  live.entry.reset();
  live.storing = true;
  loop_.call_at(doors_.clock.now() + kAgain, [this, id = live.id] { reload(id); });
}

void Turns::reload(Id id) {
  read_execution(loop_, doors_, id, [this, id](ReadExecution read) {
    Live& live = *table_.in_memory(id);
    live.storing = false;
    if (!read.stored) {
      if (read.fault && doors_.quarantine != nullptr)
        doors_.quarantine->add(live.id, live.arn, "", *read.fault, live.pending.watchers);
      return remove(live, Verdict::Unavailable);
    }
    live.execution = std::move(read.stored->execution);
    pump(live);
  });
}

void Turns::remove(Live& live, Verdict verdict) {
  follower_.removed(live);
  for (const auto& starter : std::exchange(live.starters, {})) starter(Verdict::Unavailable, live);
  for (const auto& request : live.queue) {
    follower_.rejected(request);
    if (request.answered) request.answered(verdict, live.execution);
  }
  table_.remove(live);
}

}  // namespace stepd::run
