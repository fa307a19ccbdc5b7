#include "engine/run/shard.h"

#include "engine/asl/errors.h"
#include "engine/core/decide.h"
#include "engine/run/journal.h"
#include "engine/run/live.h"
#include "engine/run/refusals.h"
#include "engine/run/uuid.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace stepd::run {
namespace {

/// How long the news that a task began may wait for company: most handlers are done by then, which saves a commit.
constexpr std::chrono::milliseconds kIdle{20};
/// How long a turn that could not be stored waits before it is decided again.
constexpr std::chrono::seconds kAgain{1};
/// A timer that is due so much later is worth giving memory back for.
constexpr std::chrono::seconds kRestsFrom{1};

bool is_express(const Machine& machine) { return machine.record.type == storage::StateMachineType::Express; }

/// Ends some time after it is made. The clock is looked at for every few states only.
class SteadySlice final : public core::TimeSlice {
 public:
  explicit SteadySlice(std::chrono::microseconds length) : end_(std::chrono::steady_clock::now() + length) {}
  bool is_over() const override { return ++asked_ % kEvery == 0 && std::chrono::steady_clock::now() >= end_; }

 private:
  static constexpr unsigned kEvery = 4;
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

EndedExecution end_of(const Live& live) {
  const auto& execution = live.execution;
  EndedExecution end;
  end.arn = live.arn;
  end.name = execution.identity().name;
  end.state_machine_arn = live.machine->record.arn;
  end.status = stored_status(execution.status());
  end.started_at = execution.started_at();
  end.stopped_at = *execution.stopped_at();
  end.input = execution.input();
  end.output = execution.output();
  // As DescribeExecution, which shows neither of a TIMED_OUT execution.
  if (execution.status() != core::Status::TimedOut) {
    end.error = execution.failure().error;
    end.cause = execution.failure().cause;
  }
  end.trace_header = live.trace_header;
  const auto ends_bytes = end.input.size() + (end.output ? end.output->size() : 0);
  end.memory_bytes = live.machine->record.definition.size() + std::max(live.data_bytes, ends_bytes);
  return end;
}

}  // namespace

Shard::Shard(Loop& loop, ShardDoors doors) : loop_(loop), doors_(std::move(doors)) {}

Shard::~Shard() = default;

Live* Shard::find(Id id) {
  const auto found = live_.find(static_cast<std::int64_t>(id));
  return found == live_.end() ? nullptr : found->second.get();
}

bool Shard::idle() const {
  return std::all_of(live_.begin(), live_.end(),
                     [](const auto& entry) { return !entry.second->storing && entry.second->queue.empty(); });
}

// ---- requests -------------------------------------------------------------------------------------------------------

void Shard::start(CheckedStart start, Reply<StartedExecution> reply) {
  if (halted_) return reply(unavailable());
  if (const auto known = by_arn_.find(start.arn); known != by_arn_.end()) {
    Live& live = *find(known->second);
    // AWS API reference, StartExecution: the same name and input, while it runs, is the same start.
    const bool same = live.execution.status() == core::Status::Running && live.execution.input() == start.input;
    const bool again = start.parent && live.execution.identity().parent == start.parent;
    if (!same && !again) return reply(execution_already_exists(start.arn));
    if (live.version == 0) return live.starters.push_back(std::move(reply));
    return reply(StartedExecution{live.arn, live.execution.started_at()});
  }
  if (is_express(*start.machine) ? !admits_express(start) : live_.size() - in_memory_ >= doors_.max_open)
    return reply(too_many_executions());
  Live& live = begin(std::move(start));
  live.starters.push_back(std::move(reply));
  pump(live);
}

void Shard::run(CheckedStart start, Reply<EndedExecution> reply) {
  if (halted_) return reply(unavailable());
  if (!admits_express(start)) return reply(throttled());
  Live& live = begin(std::move(start));
  live.ended = std::move(reply);
  pump(live);
}

bool Shard::admits_express(const CheckedStart& start) const {
  return in_memory_ < doors_.express_max &&
         (in_memory_ == 0 || in_memory_bytes_ + start.input.size() <= doors_.express_bytes_max);
}

Live& Shard::begin(CheckedStart start) {
  auto owned = std::make_unique<Live>();
  Live& live = *owned;
  live.id = start.id;
  live.arn = start.arn;
  live.trace_header = std::move(start.trace_header);
  live.machine_version = start.machine_version;
  live.machine_alias = std::move(start.machine_alias);
  live.machine = start.machine;
  live.in_memory = is_express(*start.machine);
  const auto& machine = start.machine->record;
  if (live.in_memory) {
    ++in_memory_;
    in_memory_bytes_ += start.input.size();
  } else {
    auto& record = live.created.emplace();
    record.id = start.id;
    record.arn = start.arn;
    record.state_machine_arn = machine.arn;
    record.revision_id = machine.revision_id;
    record.name = start.name;
    record.started_at = doors_.clock.now();
    record.trace_header = live.trace_header;
    record.machine_version = live.machine_version;
    record.machine_alias = live.machine_alias;
    live.arrival = std::move(start.arrival);
  }
  core::command::Start first{{start.arn, start.name, machine.arn, machine.name, machine.role_arn, doors_.region,
                              make_secret(), std::move(start.parent)},
                             start.input};
  if (live.in_memory) first.seconds_max = doors_.express_limit.count();
  live.queue.push_back({std::move(first), nullptr});
  live_.emplace(static_cast<std::int64_t>(live.id), std::move(owned));
  by_arn_.emplace(live.arn, live.id);
  return live;
}

void Shard::halt() {
  halted_ = true;
  if (in_memory_ > 0) spdlog::warn("{} EXPRESS executions end with this process", in_memory_);
  for (auto& [id, live] : live_) {
    if (auto ended = std::exchange(live->ended, nullptr)) ended(unavailable());
  }
}

void Shard::stop(StopExecution request, Reply<StoppedExecution> reply) {
  if (halted_) return reply(unavailable());
  const auto known = by_arn_.find(request.execution_arn);
  if (known == by_arn_.end()) {
    return read([arn = request.execution_arn, reply = std::move(reply), &store = doors_.store] {
      stop_closed(arn, reply, store.reader());
    });
  }
  Live& live = *find(known->second);
  auto answered = [reply = std::move(reply)](Verdict verdict, const core::Execution& execution) {
    if (verdict == Verdict::Unavailable || !execution.stopped_at()) return reply(unavailable());
    reply(StoppedExecution{*execution.stopped_at()});
  };
  live.queue.push_back(
      {core::command::Stop{{std::move(request.error), std::move(request.cause)}}, std::move(answered)});
  pump(live);
}

void Shard::read(std::function<void()> job) const {
  if (doors_.read)
    doors_.read(std::move(job));
  else
    job();
}

void Shard::stop_closed(const std::string& arn, const Reply<StoppedExecution>& reply, const storage::Reader& reader) {
  try {
    const auto record = reader.execution(arn);
    if (!record || !record->stopped_at) return reply(no_such_execution(arn));
    reply(StoppedExecution{*record->stopped_at});
  } catch (const storage::StoreError& error) {
    spdlog::error("{} cannot be read: {}", arn, error.what());
    reply(unavailable());
  }
}

std::unique_ptr<Live> Shard::stored_live(const storage::ExecutionRecord& record) {
  auto live = std::make_unique<Live>();
  live->id = record.id;
  live->arn = record.arn;
  live->trace_header = record.trace_header;
  live->machine_version = record.machine_version;
  live->machine_alias = record.machine_alias;
  return live;
}

void Shard::redrive(CheckedRedrive redrive, Reply<RedrivenExecution> reply) {
  if (halted_) return reply(unavailable());
  if (by_arn_.contains(redrive.record.arn))
    return reply(not_redrivable(*why_not_redrivable(storage::ExecutionStatus::Running, 0)));
  if (live_.size() >= doors_.max_open) return reply(too_many_executions());
  auto owned = stored_live(redrive.record);
  Live& live = *owned;
  live.machine = std::move(redrive.machine);
  live.execution = std::move(redrive.wreck.ended);
  live.redriven = redrive.redrive;
  auto answered = [reply = std::move(reply)](Verdict verdict, const core::Execution& execution) {
    if (verdict == Verdict::Unavailable) return reply(unavailable());
    if (verdict != Verdict::Done)
      return reply(not_redrivable("Execution is not what it was: it has been changed meanwhile"));
    reply(RedrivenExecution{*execution.redriven_at()});
  };
  auto frames = std::make_shared<const std::vector<core::Frame>>(std::move(redrive.wreck.frames));
  live.queue.push_back(
      {core::command::Redrive{redrive.redrive.at, std::move(frames), std::move(redrive.wreck.rescheduled)},
       std::move(answered)});
  live_.emplace(static_cast<std::int64_t>(live.id), std::move(owned));
  by_arn_.emplace(live.arn, live.id);
  pump(live);
}

void Shard::adopt(const storage::OpenExecution& open, std::uint32_t deaths) {
  if (open.record.quarantine) return doors_.quarantine->know(open.record.id, open.record.arn);
  if (deaths >= kQuarantineAfter) {
    return doors_.quarantine->add(
        open.record.id, open.record.arn, "",
        "The process died " + std::to_string(deaths) + " times in a row while this execution had a turn.");
  }
  Live* live = nullptr;
  try {
    live = load(open);
  } catch (const std::exception& error) {
    if (doors_.quarantine == nullptr) throw;
    return doors_.quarantine->add(open.record.id, open.record.arn, "",
                                  std::string("What is stored of it cannot be read: ") + error.what());
  }
  if (live == nullptr) return;
  live->suspected = deaths > 0;
  go_on(*live);
  pump(*live);
}

Live* Shard::load(const storage::OpenExecution& open) {
  auto owned = stored_live(open.record);
  Live& live = *owned;
  live.version = open.version;
  live.machine = doors_.machines.revision(open.record.state_machine_arn, open.record.revision_id);
  if (!live.machine) {
    spdlog::error("execution {} stays open: its state machine's revision {} cannot be read", live.arn,
                  open.record.revision_id);
    return nullptr;
  }
  live.execution = restore(open, doors_.store.reader());
  live_.emplace(static_cast<std::int64_t>(live.id), std::move(owned));
  by_arn_.emplace(live.arn, live.id);
  settle_execution_timeout(live);
  std::vector<core::FrameId> frames;
  for (const auto& [id, frame] : live.execution.frames()) frames.push_back(id);
  for (const auto id : frames) settle(live, id);
  rest(live);
  return &live;
}

void Shard::submit(Id id, core::Command command) {
  Live* live = find(id);
  if (live == nullptr) return;
  live->queue.push_back({std::move(command), nullptr});
  pump(*live);
}

void Shard::submit_idly(Id id, core::Command command) {
  Live* live = find(id);
  if (live == nullptr) return;
  live->queue.push_back({std::move(command), nullptr});
  if (live->idling) return;
  live->idling = true;
  loop_.call_at(doors_.clock.now() + kIdle, [this, id] {
    if (Live* waiting = find(id)) {
      waiting->idling = false;
      pump(*waiting);
    }
  });
}

// ---- turns ----------------------------------------------------------------------------------------------------------

void Shard::pump(Live& live) {
  if (live.storing || halted_ || live.queue.empty()) return;
  if (doors_.quarantine == nullptr) return take_turn(live);
  try {
    take_turn(live);
  } catch (const std::exception& error) {
    contain(live, error.what());
  } catch (...) {
    contain(live, "an exception of an unknown type");
  }
}

std::string Shard::state_of(const Live& live) {
  const auto ready = live.execution.next_ready();
  const auto* frame = live.execution.find(ready.value_or(core::kRootFrame));
  return frame == nullptr ? "" : frame->state;
}

void Shard::contain(Live& live, const char* why) {
  const auto state = state_of(live);
  if (!live.in_memory && live.version > 0) {
    doors_.quarantine->add(live.id, live.arn, state, why);
    answer(live, Verdict::Unavailable);
    return forget(live);
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

void Shard::rest(const Live& live) const {
  // A task that runs here has its input in hand; whatever else is awaited takes its time.
  for (const auto& [frame, owed] : live.owed) {
    for (const auto& [awaited, timer] : owed) {
      if (awaited.kind == core::Awaited::Kind::Task) return;
      if (awaited.kind == core::Awaited::Kind::Timer && awaited.due - doors_.clock.now() < kRestsFrom) return;
    }
  }
  live.execution.drop_trees();
}

void Shard::take_turn(Live& live) {
  std::vector<core::Event> events;
  const MarkedTurn marked(doors_.marker, doors_.number, live.id);
  std::optional<SteadySlice> slice;
  if (doors_.slice.count() > 0) slice.emplace(doors_.slice);
  while (!live.queue.empty() && events.size() < core::kTurnEvents && (events.empty() || !slice || !slice->is_over())) {
    auto& request = live.turn.emplace_back(std::move(live.queue.front()));
    live.queue.pop_front();
    auto decision = core::decide(*live.machine->definition, live.execution, request.command,
                                 {doors_.clock.now(), random_bits(), slice ? &*slice : nullptr}, doors_.observer);
    request.rejected = decision.rejection.has_value();
    events.insert(events.end(), std::make_move_iterator(decision.events.begin()),
                  std::make_move_iterator(decision.events.end()));
  }
  if (events.empty()) return answer(live, Verdict::Done);
  write(live, std::move(events));
}

void Shard::write(Live& live, std::vector<core::Event> events) {
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
  live.storing = true;
  doors_.store.write(std::move(delta), [this, id = live.id](storage::Outcome outcome) {
    loop_.post([this, id, outcome] { committed(id, outcome); });
  });
}

void Shard::committed(Id id, storage::Outcome outcome) {
  Live& live = *find(id);
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
  if (live.version++ == 0) {
    live.created.reset();
    live.redriven.reset();
    settle_execution_timeout(live);
  }
  tell(live);
  const bool ended = live.execution.status() != core::Status::Running;
  for (const auto frame : std::exchange(live.touched, {})) settle(live, frame);
  answer(live, Verdict::Done);
  if (ended && live.ended) live.ended(end_of(live));
  if (ended) {
    for (const auto& task : live.watchers) tell_of(live.arn, task);
    return forget(live);
  }
  go_on(live);
  if (live.queue.empty()) return rest(live);
  pump(live);
}

void Shard::tell(const Live& live) const {
  for (auto* listener : doors_.listeners) {
    listener->committed(
        {*live.machine, live.machine_version, live.machine_alias, live.execution, live.events, live.trace_header});
  }
}

void Shard::go_on(Live& live) {
  // Behind what waits: a stop, or a time that is over, ends an execution that would go on for ever.
  if (live.execution.next_ready()) live.queue.push_back({core::command::Continue{}, nullptr});
}

void Shard::answer(Live& live, Verdict verdict) {
  for (auto& request : std::exchange(live.turn, {})) {
    if (request.rejected && verdict == Verdict::Done) leave_child(request.child, request.parent);
    if (!request.answered) continue;
    request.answered(verdict == Verdict::Done && request.rejected ? Verdict::Rejected : verdict, live.execution);
  }
  const auto arrival = std::exchange(live.arrival, std::nullopt);
  auto starters = std::exchange(live.starters, {});
  const auto& parent = live.execution.identity().parent;
  if (verdict == Verdict::NameTaken && parent && !starters.empty()) {
    return read([arn = live.arn, parent = *parent, starters = std::move(starters), &store = doors_.store] {
      const auto before = started_before(arn, parent, store.reader());
      for (const auto& starter : starters) before ? starter(*before) : starter(execution_already_exists(arn));
    });
  }
  for (const auto& starter : starters) {
    if (verdict == Verdict::Done)
      starter(StartedExecution{live.arn, live.execution.started_at(), arrival.has_value()});
    else
      starter(refusal_of(live, verdict));
  }
}

Refusal Shard::refusal_of(const Live& live, Verdict verdict) {
  if (verdict == Verdict::NameTaken) return execution_already_exists(live.arn);
  if (verdict == Verdict::MachineGone) return state_machine_deleting(live.machine->record.arn);
  return unavailable();
}

void Shard::give_up(Live& live, Verdict verdict) {
  answer(live, verdict);
  forget(live);
}

void Shard::roll_back(Live& live) {
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
  loop_.call_at(doors_.clock.now() + kAgain, [this, id = live.id] { reload(*find(id)); });
}

void Shard::reload(Live& live) {
  try {
    const auto open = doors_.store.load(live.id);
    if (!open) return forget(live);
    live.execution = restore(*open, doors_.store.reader());
  } catch (const std::exception& error) {
    if (doors_.quarantine == nullptr) throw;
    live.storing = false;
    doors_.quarantine->add(live.id, live.arn, "", std::string("What is stored of it cannot be read: ") + error.what());
    return forget(live);
  }
  live.storing = false;
  pump(live);
}

void Shard::forget(Live& live) {
  while (!live.owed.empty()) cancel(live, live.owed.begin()->first);
  if (live.execution_timeout) loop_.cancel(*live.execution_timeout);
  for (auto& request : live.queue) {
    leave_child(request.child, request.parent);
    if (request.answered) request.answered(Verdict::Rejected, live.execution);
  }
  if (live.in_memory) {
    --in_memory_;
    in_memory_bytes_ -= live.execution.input().size();
  }
  by_arn_.erase(live.arn);
  live_.erase(static_cast<std::int64_t>(live.id));
}

}  // namespace stepd::run
