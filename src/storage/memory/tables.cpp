#include "storage/memory/tables.h"

#include "storage/stored_text.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace stepd::storage {
const StateMachineRecord* find_revision(const HeldMachine& machine, const std::string& revision_id) {
  for (const auto& revision : machine.revisions) {
    if (revision.revision_id == revision_id) return &revision;
  }
  return nullptr;
}

bool HeldOutbox::has_room(const PutOutbox& put) const {
  auto bytes = tally.bytes;
  for (const auto& record : put.records) bytes += record.body.size();
  return tally.messages + put.records.size() <= put.limits.messages && bytes <= put.limits.bytes;
}

void HeldOutbox::put(OutboxRecord record) {
  const Place place{record.not_before, last_number_ + 1};
  if (!places_.try_emplace({record.destination, record.id}, place).second) return;
  ++last_number_;
  ++tally.messages;
  tally.bytes += record.body.size();
  auto& queue = queues_[record.destination];
  queue.emplace(place, std::move(record));
}

void HeldOutbox::remove(const std::string& destination, const std::string& id) {
  const auto found = places_.find({destination, id});
  if (found == places_.end()) return;
  const auto queue = queues_.find(destination);
  const auto message = queue->second.find(found->second);
  --tally.messages;
  tally.bytes -= message->second.body.size();
  queue->second.erase(message);
  if (queue->second.empty()) queues_.erase(queue);
  places_.erase(found);
}

void HeldOutbox::retry(const std::string& destination, const OutboxHead& head) {
  const auto found = places_.find({destination, head.id});
  if (found == places_.end()) return;
  auto& queue = queues_.at(destination);
  auto message = queue.extract(found->second);
  found->second.first = head.not_before;
  message.key() = found->second;
  message.mapped().attempts = head.attempts;
  message.mapped().not_before = head.not_before;
  queue.insert(std::move(message));
}

const OutboxRecord* HeldOutbox::find(const std::string& destination, const std::string& id) const {
  const auto found = places_.find({destination, id});
  return found == places_.end() ? nullptr : &queues_.at(destination).at(found->second);
}

/// Whether the events follow each other and those that are there, the ids of the payloads are free, and those that are
/// named are there: the only other things a delta can be wrong about.
bool Tables::fits(const HeldExecution* held, const ExecutionDelta& delta) const {
  auto last = held == nullptr || held->events.empty() ? std::optional<std::uint32_t>() : held->events.rbegin()->first;
  for (const auto& event : delta.events) {
    if (last && event.number <= *last) return false;
    last = event.number;
  }
  std::set<PayloadId> added;
  for (const auto& payload : delta.payloads) {
    if (delta.events.empty() || payload.id <= PayloadId{} || payloads.contains(payload.id)) return false;
    if (!added.insert(payload.id).second) return false;
  }
  const auto is_there = [&](PayloadId id) {
    if (id == PayloadId{} || added.contains(id)) return true;
    const auto found = payloads.find(id);
    return found != payloads.end() && found->second.execution == delta.id;
  };
  return (!delta.created || is_there(delta.created->input_id)) && (!delta.ended || is_there(delta.ended->output_id));
}

Outcome Tables::create(ExecutionDelta& delta) {
  const auto& record = *delta.created;
  if (delta.expected_version != 0 || record.id != delta.id || executions.contains(delta.id)) return Outcome::Conflict;
  const auto machine = machines.find(record.state_machine_arn);
  if (machine == machines.end() || machine->second.deleting || !find_revision(machine->second, record.revision_id)) {
    return Outcome::Conflict;
  }
  if (by_arn.contains(record.arn)) return Outcome::NameTaken;
  by_arn.emplace(record.arn, delta.id);
  auto& held = executions[delta.id].record;
  held = std::move(*delta.created);
  if (held.input_id != PayloadId{}) held.input.clear();
  lift_quarantine(held);
  last_id = std::max(last_id, delta.id);
  return Outcome::Committed;
}

Outcome Tables::reopen(HeldExecution& held, ExecutionDelta& delta) {
  auto& record = held.record;
  const bool closed_badly = record.status != ExecutionStatus::Running && record.status != ExecutionStatus::Succeeded;
  if (!closed_badly || record.redrive_count + 1 != delta.redriven->count || delta.expected_version != 0 ||
      visible(record.state_machine_arn) == nullptr || !fits(&held, delta)) {
    return Outcome::Conflict;
  }
  record.status = ExecutionStatus::Running;
  record.stopped_at.reset();
  record.output.reset();
  record.output_id = {};
  record.error.reset();
  record.cause.reset();
  record.redrive_count = delta.redriven->count;
  record.redriven_at = delta.redriven->at;
  record.redrive_tokens = std::move(delta.redriven->tokens);
  held.version = 0;
  return Outcome::Committed;
}

void Tables::close(HeldExecution& held, Ending& ending) {
  held.head.clear();
  held.frames.clear();
  auto& record = held.record;
  record.status = ending.status;
  record.stopped_at = ending.stopped_at;
  record.output_id = ending.output_id;
  record.output = ending.output_id == PayloadId{} ? std::move(ending.output) : std::nullopt;
  record.error = std::move(ending.error);
  record.cause = std::move(ending.cause);
  lift_quarantine(record);
}

Outcome Tables::apply(ExecutionDelta& delta) {
  if (delta.any_version && (!delta.ended || delta.created || delta.redriven)) return Outcome::Conflict;
  if (delta.created) {
    if (!fits(nullptr, delta)) return Outcome::Conflict;
    if (const auto outcome = create(delta); outcome != Outcome::Committed) return outcome;
    if (delta.arrival) apply(*delta.arrival);
  }
  const auto found = executions.find(delta.id);
  if (found == executions.end()) return Outcome::Conflict;
  auto& held = found->second;
  if (delta.redriven) {
    if (const auto outcome = reopen(held, delta); outcome != Outcome::Committed) return outcome;
  } else if (!delta.created) {
    const bool is_open = held.record.status == ExecutionStatus::Running;
    const bool is_next = delta.any_version ? held.record.quarantined : held.version == delta.expected_version;
    if (!is_open || !is_next || !fits(&held, delta)) return Outcome::Conflict;
  }
  ++held.version;
  const auto told = delta.outbox.records.size();
  if (apply(delta.outbox) != Outcome::Committed) outbox.tally.dropped += told;
  for (auto& event : delta.events) held.events.emplace(event.number, std::move(event.data));
  for (auto& payload : delta.payloads) {
    held.payloads.push_back(payload.id);
    payloads[payload.id] = {delta.id, std::move(payload.bytes)};
  }
  if (!delta.ended) {
    held.head = std::move(delta.head);
    for (const auto id : delta.dropped) held.frames.erase(id);
    for (auto& frame : delta.frames) held.frames[frame.id] = std::move(frame.data);
    return Outcome::Committed;
  }
  items.forget_changes(static_cast<std::int64_t>(delta.id));
  close(held, *delta.ended);
  const std::string machine_arn = held.record.state_machine_arn;
  if (machines.at(machine_arn).deleting) {
    drop_execution(delta.id);
    drop_if_done(machine_arn);
  }
  return Outcome::Committed;
}

Outcome Tables::apply(PutStateMachine& put) {
  const auto found = machines.find(put.record.arn);
  if (found == machines.end()) {
    if (!put.replaces.empty()) return Outcome::NameTaken;
  } else {
    const auto& machine = found->second;
    if (machine.deleting || put.replaces.empty() || machine.revisions.back().revision_id != put.replaces ||
        find_revision(machine, put.record.revision_id) != nullptr) {
      return Outcome::NameTaken;
    }
  }
  if (put.version) {
    const auto last = found == machines.end() ? 0 : found->second.last_version;
    if (put.version->number != last + 1) return Outcome::NameTaken;
  }
  const auto arn = put.record.arn;
  auto& machine = machines[arn];
  machine.revisions.push_back(std::move(put.record));
  for (auto& tag : put.tags) tags[arn][tag.key] = std::move(tag.value);
  if (put.version) {
    machine.last_version = put.version->number;
    machine.versions.emplace(put.version->number, *std::move(put.version));
  }
  return Outcome::Committed;
}

Outcome Tables::apply(PutVersion& put) {
  auto* machine = visible(put.record.machine_arn);
  if (machine == nullptr || find_revision(*machine, put.record.revision_id) == nullptr) return Outcome::Conflict;
  const bool published = std::any_of(machine->versions.begin(), machine->versions.end(), [&](const auto& entry) {
    return entry.second.revision_id == put.record.revision_id;
  });
  if (published || put.record.number != machine->last_version + 1) return Outcome::NameTaken;
  machine->last_version = put.record.number;
  machine->versions.emplace(put.record.number, std::move(put.record));
  return Outcome::Committed;
}

Outcome Tables::apply(DeleteVersion& remove) {
  auto* machine = visible(remove.machine_arn);
  if (machine == nullptr) return Outcome::Committed;
  for (const auto& [name, alias] : machine->aliases) {
    for (const auto& route : alias.routes) {
      if (route.version == remove.number) return Outcome::Conflict;
    }
  }
  machine->versions.erase(remove.number);
  return Outcome::Committed;
}

Outcome Tables::apply(PutAlias& put) {
  auto* machine = visible(put.record.machine_arn);
  if (machine == nullptr) return Outcome::Conflict;
  for (const auto& route : put.record.routes) {
    if (!machine->versions.contains(route.version)) return Outcome::Conflict;
  }
  const auto found = machine->aliases.find(put.record.name);
  const auto present = found == machine->aliases.end() ? std::nullopt : std::optional(found->second.updated_at);
  if (present != put.replaces) return Outcome::NameTaken;
  if (!present && machine->aliases.size() >= put.max) return Outcome::Conflict;
  machine->aliases[put.record.name] = put.record;
  return Outcome::Committed;
}

Outcome Tables::apply(DeleteAlias& remove) {
  if (auto* machine = visible(remove.machine_arn)) machine->aliases.erase(remove.name);
  return Outcome::Committed;
}

Outcome Tables::apply(PutActivity& put) {
  const auto arn = put.record.arn;
  if (!activities.emplace(arn, std::move(put.record)).second) return Outcome::NameTaken;
  for (auto& tag : put.tags) tags[arn][tag.key] = std::move(tag.value);
  return Outcome::Committed;
}

Outcome Tables::apply(PutQuarantine& put) {
  const auto found = executions.find(put.record.id);
  if (found == executions.end() || found->second.record.status != ExecutionStatus::Running) return Outcome::Conflict;
  put.record.cause = cut_cause(put.record.cause);
  found->second.record.quarantine = std::move(put.record);
  found->second.record.quarantined = true;
  return Outcome::Committed;
}

Outcome Tables::apply(ChangeTags& change) {
  if (visible(change.resource_arn) == nullptr && !activities.contains(change.resource_arn)) return Outcome::Conflict;
  auto changed = tags[change.resource_arn];
  for (const auto& key : change.removed) changed.erase(key);
  for (auto& tag : change.put) changed[tag.key] = std::move(tag.value);
  if (changed.size() > change.max) return Outcome::Conflict;
  tags[change.resource_arn] = std::move(changed);
  return Outcome::Committed;
}

Outcome Tables::apply(DeleteStateMachine& remove) {
  const auto found = machines.find(remove.arn);
  if (found == machines.end()) return Outcome::Committed;
  found->second.deleting = true;
  found->second.versions.clear();
  found->second.aliases.clear();
  tags.erase(remove.arn);
  std::vector<ExecutionId> closed;
  for (const auto& [id, held] : executions) {
    if (held.record.state_machine_arn == remove.arn && held.record.status != ExecutionStatus::Running) {
      closed.push_back(id);
    }
  }
  for (const auto id : closed) drop_execution(id);
  drop_if_done(remove.arn);
  return Outcome::Committed;
}

void Tables::drop_execution(ExecutionId id) {
  const auto found = executions.find(id);
  by_arn.erase(found->second.record.arn);
  for (const auto payload : found->second.payloads) payloads.erase(payload);
  executions.erase(found);
}

void Tables::drop_if_done(const std::string& machine_arn) {
  for (const auto& [id, held] : executions) {
    if (held.record.state_machine_arn == machine_arn) return;
  }
  machines.erase(machine_arn);
}

}  // namespace stepd::storage
