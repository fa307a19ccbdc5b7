#include "engine/run/starts.h"

#include "engine/run/journal.h"
#include "engine/run/refusals.h"
#include "engine/run/uuid.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace stepd::run {
namespace {

bool is_express(const Machine& machine) { return machine.record.type == storage::StateMachineType::Express; }

/// An execution of that name was started by the same task before, and has ended. Blocks on reads.
std::optional<StartedExecution> started_before(const std::string& arn, const core::ParentLink& parent,
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

Refusal refusal_of(const Live& live, Verdict verdict) {
  if (verdict == Verdict::NameTaken) return execution_already_exists(live.arn);
  if (verdict == Verdict::MachineGone) return state_machine_deleting(live.machine->record.arn);
  return unavailable();
}

}  // namespace

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

void Starts::start(CheckedStart start, Reply<StartedExecution> reply) {
  if (turns_.halted()) return reply(ending());
  if (const auto known = table_.find(start.arn)) {
    return table_.visit(*known, [this, start = std::move(start), reply = std::move(reply)](Live* live) mutable {
      if (live == nullptr) return this->start(std::move(start), std::move(reply));  // it has ended meanwhile
      start_again(start, *live, reply);
    });
  }
  if (!admits(start)) return reply(too_many_executions());
  Live& live = begin(std::move(start));
  live.starters.push_back(
      [this, reply = std::move(reply)](Verdict verdict, const Live& started) { answer(verdict, started, reply); });
  turns_.pump(live);
}

void Starts::start_again(const CheckedStart& start, Live& live, const Reply<StartedExecution>& reply) {
  // AWS API reference, StartExecution: the same name and input, while it runs, is the same start.
  const bool same = live.execution.status() == core::Status::Running && live.execution.input() == start.input;
  const bool again = start.parent && live.execution.identity().parent == start.parent;
  const auto told = [this, is_same = same || again, reply](Verdict verdict, const Live& started) {
    if (is_same || verdict != Verdict::Done) return answer(verdict, started, reply);
    reply(execution_already_exists(started.arn));
  };
  // What is not stored may not come to be, whether that is the execution or its end.
  if (live.version == 0) return live.starters.push_back(told);
  if (live.storing && live.execution.status() != core::Status::Running) {
    return live.starters.push_back([this, input = start.input, reply](Verdict verdict, const Live& stored) {
      if (verdict != Verdict::Done) return answer(verdict, stored, reply);
      const bool runs = stored.execution.status() == core::Status::Running && stored.execution.input() == input;
      if (!runs) return reply(execution_already_exists(stored.arn));
      reply(StartedExecution{stored.arn, stored.execution.started_at()});
    });
  }
  if (!same && !again) return reply(execution_already_exists(start.arn));
  reply(StartedExecution{live.arn, live.execution.started_at()});
}

void Starts::run(CheckedStart start, Reply<EndedExecution> reply) {
  if (turns_.halted()) return reply(ending());
  if (!admits_express(start.input.size())) return reply(throttled());
  Live& live = begin(std::move(start));
  live.ended = std::move(reply);
  turns_.pump(live);
}

void Starts::go_on(std::unique_ptr<Live> begun, Reply<EndedExecution> reply) {
  if (turns_.halted()) return reply(ending());
  if (!admits_express(begun->input_bytes)) return reply(throttled());
  Live& live = table_.add(std::move(begun));
  live.ended = std::move(reply);
  turns_.store_decided(live);
}

bool Starts::admits(const CheckedStart& start) const {
  return is_express(*start.machine) ? admits_express(start.input.size()) : table_.stored_count() < doors_.max_open;
}

bool Starts::admits_express(std::size_t input_bytes) const {
  const auto& open = *doors_.express;
  return open.count < doors_.express_max && (open.count == 0 || open.bytes + input_bytes <= doors_.express_bytes_max);
}

Live& Starts::begin(CheckedStart start) { return table_.add(make_live(std::move(start), doors_)); }

std::unique_ptr<Live> make_live(CheckedStart start, const ShardDoors& doors) {
  auto owned = std::make_unique<Live>();
  Live& live = *owned;
  live.id = start.id;
  live.arn = start.arn;
  live.trace_header = std::move(start.trace_header);
  live.machine_version = start.machine_version;
  live.machine_alias = std::move(start.machine_alias);
  live.machine = start.machine;
  live.in_memory = is_express(*start.machine);
  live.input_bytes = start.input.size();
  const auto& machine = start.machine->record;
  if (!live.in_memory) {
    auto& record = live.created.emplace();
    record.id = start.id;
    record.arn = start.arn;
    record.state_machine_arn = machine.arn;
    record.revision_id = machine.revision_id;
    record.name = start.name;
    record.started_at = doors.clock.now();
    record.trace_header = live.trace_header;
    record.machine_version = live.machine_version;
    record.machine_alias = live.machine_alias;
    live.arrival = std::move(start.arrival);
  }
  core::command::Start first{{start.arn, start.name, machine.arn, machine.name, machine.role_arn, doors.region,
                              make_secret(), std::move(start.parent), start.lineage},
                             start.input};
  if (live.in_memory) first.seconds_max = doors.express_limit.count();
  live.queue.push_back({std::move(first)});
  return owned;
}

void Starts::answer(Verdict verdict, const Live& live, const Reply<StartedExecution>& reply) const {
  if (verdict == Verdict::Done)
    return reply(StartedExecution{live.arn, live.execution.started_at(), live.arrival.has_value()});
  const auto& parent = live.execution.identity().parent;
  if (verdict != Verdict::NameTaken || !parent) return reply(refusal_of(live, verdict));
  doors_.read([arn = live.arn, parent = *parent, reply, &store = doors_.store] {
    const auto before = started_before(arn, parent, store.reader());
    before ? reply(*before) : reply(execution_already_exists(arn));
  });
}

}  // namespace stepd::run
