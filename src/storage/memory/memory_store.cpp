#include "storage/memory/memory_store.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

namespace stepd::storage {
namespace {

struct HeldExecution {
  ExecutionRecord record;
  std::uint64_t version = 0;
  std::string head;
  std::map<std::uint32_t, std::string> frames;
  std::map<std::uint32_t, std::string> events;
};

struct HeldMachine {
  std::vector<StateMachineRecord> revisions;  // the newest last
  bool deleting = false;                      // hidden, until its last open execution has ended
  std::map<std::uint32_t, VersionRecord> versions;
  std::uint32_t last_version = 0;
  std::map<std::string, AliasRecord> aliases;
};

using BucketAndKey = std::pair<std::string, std::string>;

/// The tables, and what each kind of write does to them. Thread: whoever holds MemoryStore's mutex.
class Tables {
 public:
  Outcome apply(ExecutionDelta& delta);
  Outcome apply(PutStateMachine& put);
  Outcome apply(DeleteStateMachine& remove);
  Outcome apply(PutItem& put) {
    items[{put.table, put.key}] = std::move(put.item);
    return Outcome::Committed;
  }
  Outcome apply(DeleteItem& remove) {
    items.erase({remove.table, remove.key});
    return Outcome::Committed;
  }
  Outcome apply(ChangeItem& change);
  Outcome apply(PutArrival& put) {
    arrivals[{put.bucket, put.key}] = std::move(put.identity);
    return Outcome::Committed;
  }
  Outcome apply(DeleteArrival& remove) {
    arrivals.erase({remove.bucket, remove.key});
    return Outcome::Committed;
  }
  Outcome apply(PutVersion& put);
  Outcome apply(DeleteVersion& remove);
  Outcome apply(PutAlias& put);
  Outcome apply(DeleteAlias& remove);
  Outcome apply(ChangeTags& change);
  Outcome apply(PutActivity& put);
  Outcome apply(DeleteActivity& remove) {
    if (activities.erase(remove.arn) != 0) tags.erase(remove.arn);
    return Outcome::Committed;
  }

  /// Null if there is none, or it is being deleted.
  HeldMachine* visible(const std::string& arn) {
    const auto found = machines.find(arn);
    return found == machines.end() || found->second.deleting ? nullptr : &found->second;
  }
  const HeldMachine* visible(const std::string& arn) const {
    const auto found = machines.find(arn);
    return found == machines.end() || found->second.deleting ? nullptr : &found->second;
  }

  std::map<std::string, HeldMachine> machines;                     // by ARN
  std::map<std::string, std::map<std::string, std::string>> tags;  // by ARN
  std::map<std::string, ActivityRecord> activities;                // by ARN
  std::map<ExecutionId, HeldExecution> executions;
  std::map<std::string, ExecutionId> by_arn;
  std::map<BucketAndKey, std::string> items;
  std::map<std::string, ChangedItem> changes;  // by attempt
  std::map<BucketAndKey, std::string> arrivals;
  ExecutionId last_id{};

 private:
  Outcome create(ExecutionDelta& delta);
  Outcome reopen(HeldExecution& held, ExecutionDelta& delta);
  void forget_changes(ExecutionId id);
  void drop_execution(ExecutionId id);
  void drop_if_done(const std::string& machine_arn);
};

const StateMachineRecord* find_revision(const HeldMachine& machine, const std::string& revision_id) {
  for (const auto& revision : machine.revisions) {
    if (revision.revision_id == revision_id) return &revision;
  }
  return nullptr;
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
  executions[delta.id].record = std::move(*delta.created);
  last_id = std::max(last_id, delta.id);
  return Outcome::Committed;
}

/// Whether the numbers of the events are free: the only other thing a delta can be wrong about.
bool fits(const HeldExecution* held, const ExecutionDelta& delta) {
  std::map<std::uint32_t, bool> seen;
  for (const auto& event : delta.events) {
    if (held != nullptr && held->events.contains(event.number)) return false;
    if (!seen.emplace(event.number, true).second) return false;
  }
  return true;
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
  record.error.reset();
  record.cause.reset();
  record.redrive_count = delta.redriven->count;
  record.redriven_at = delta.redriven->at;
  record.redrive_tokens = std::move(delta.redriven->tokens);
  held.version = 0;
  return Outcome::Committed;
}

Outcome Tables::apply(ExecutionDelta& delta) {
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
    if (!is_open || held.version != delta.expected_version || !fits(&held, delta)) return Outcome::Conflict;
  }
  ++held.version;
  for (auto& event : delta.events) held.events.emplace(event.number, std::move(event.data));
  if (!delta.ended) {
    held.head = std::move(delta.head);
    for (const auto id : delta.dropped) held.frames.erase(id);
    for (auto& frame : delta.frames) held.frames[frame.id] = std::move(frame.data);
    return Outcome::Committed;
  }
  forget_changes(delta.id);
  held.head.clear();
  held.frames.clear();
  held.record.status = delta.ended->status;
  held.record.stopped_at = delta.ended->stopped_at;
  held.record.output = std::move(delta.ended->output);
  held.record.error = std::move(delta.ended->error);
  held.record.cause = std::move(delta.ended->cause);
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

Outcome Tables::apply(ChangeItem& change) {
  const BucketAndKey place{change.table, change.key};
  const auto found = items.find(place);
  const auto present = found == items.end() ? std::nullopt : std::optional(found->second);
  if (present != change.before) return Outcome::Conflict;
  if (!change.after) {
    if (present) items.erase(found);
  } else {
    items[place] = *change.after;
  }
  if (!change.attempt.empty()) {
    changes[change.attempt] = {std::move(change.before), std::move(change.after)};
  }
  return Outcome::Committed;
}

void Tables::forget_changes(ExecutionId id) {
  const auto number = std::to_string(static_cast<std::int64_t>(id));
  changes.erase(changes.lower_bound(number + "-"), changes.lower_bound(number + "."));
}

void Tables::drop_execution(ExecutionId id) {
  const auto found = executions.find(id);
  by_arn.erase(found->second.record.arn);
  executions.erase(found);
}

void Tables::drop_if_done(const std::string& machine_arn) {
  for (const auto& [id, held] : executions) {
    if (held.record.state_machine_arn == machine_arn) return;
  }
  machines.erase(machine_arn);
}

OpenExecution open_of(const HeldExecution& held) {
  OpenExecution open{held.record, held.version, held.head, {}};
  for (const auto& [id, data] : held.frames) open.frames.push_back({id, data});
  return open;
}

class MemoryStore final : public Store, public Reader {
 public:
  void write(Write write, Committed done) override {
    Outcome outcome{};
    {
      const std::lock_guard lock(mutex_);
      outcome = std::visit([&](auto& one) { return tables_.apply(one); }, write);
    }
    if (done) done(outcome);  // outside the lock: it may well write again
  }

  const Reader& reader() const override { return *this; }

  void load_open(const std::function<void(OpenExecution)>& each) const override {
    std::vector<OpenExecution> open;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [id, held] : tables_.executions) {
        if (held.record.status == ExecutionStatus::Running) open.push_back(open_of(held));
      }
    }
    for (auto& one : open) each(std::move(one));
  }

  std::optional<OpenExecution> load(ExecutionId id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.executions.find(id);
    if (found == tables_.executions.end() || found->second.record.status != ExecutionStatus::Running) {
      return std::nullopt;
    }
    return open_of(found->second);
  }

  ExecutionId last_id() const override {
    const std::lock_guard lock(mutex_);
    return tables_.last_id;
  }

  void flush() override {}  // write() has answered before it returned

  std::optional<StateMachineRecord> state_machine(const std::string& arn) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.machines.find(arn);
    if (found == tables_.machines.end() || found->second.deleting) return std::nullopt;
    return found->second.revisions.back();
  }

  std::optional<StateMachineRecord> revision(const std::string& arn, const std::string& revision_id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.machines.find(arn);
    if (found == tables_.machines.end()) return std::nullopt;
    const auto* revision = find_revision(found->second, revision_id);
    return revision == nullptr ? std::nullopt : std::optional(*revision);
  }

  std::vector<StateMachineRecord> state_machines(const std::string& after, std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<StateMachineRecord> found;
    for (auto at = tables_.machines.upper_bound(after); at != tables_.machines.end() && found.size() < limit; ++at) {
      if (!at->second.deleting) found.push_back(at->second.revisions.back());
    }
    return found;
  }

  std::optional<VersionRecord> version(const std::string& machine_arn, std::uint32_t number) const override {
    const std::lock_guard lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr || !machine->versions.contains(number)) return std::nullopt;
    return machine->versions.at(number);
  }

  std::optional<VersionRecord> version_of(const std::string& machine_arn,
                                          const std::string& revision_id) const override {
    const std::lock_guard lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return std::nullopt;
    for (const auto& [number, record] : machine->versions) {
      if (record.revision_id == revision_id) return record;
    }
    return std::nullopt;
  }

  std::vector<VersionRecord> versions(const std::string& machine_arn, std::uint32_t before,
                                      std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<VersionRecord> found;
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return found;
    for (auto at = std::make_reverse_iterator(machine->versions.lower_bound(before));
         at != machine->versions.rend() && found.size() < limit; ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  VersionTally tally_versions(const std::string& machine_arn) const override {
    const std::lock_guard lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return {};
    return {static_cast<std::uint32_t>(machine->versions.size()), machine->last_version};
  }

  std::optional<AliasRecord> alias(const std::string& machine_arn, const std::string& name) const override {
    const std::lock_guard lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr || !machine->aliases.contains(name)) return std::nullopt;
    return machine->aliases.at(name);
  }

  std::vector<AliasRecord> aliases(const std::string& machine_arn, const std::string& after,
                                   std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<AliasRecord> found;
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return found;
    for (auto at = machine->aliases.upper_bound(after); at != machine->aliases.end() && found.size() < limit; ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  std::optional<ActivityRecord> activity(const std::string& arn) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.activities.find(arn);
    return found == tables_.activities.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<ActivityRecord> activities(const std::string& after, std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<ActivityRecord> found;
    for (auto at = tables_.activities.upper_bound(after); at != tables_.activities.end() && found.size() < limit; ++at)
      found.push_back(at->second);
    return found;
  }

  std::vector<Tag> tags(const std::string& resource_arn) const override {
    const std::lock_guard lock(mutex_);
    std::vector<Tag> found;
    const auto held = tables_.tags.find(resource_arn);
    if (held == tables_.tags.end()) return found;
    for (const auto& [key, value] : held->second) found.push_back({key, value});
    return found;
  }

  std::optional<ExecutionRecord> execution(const std::string& arn) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.by_arn.find(arn);
    if (found == tables_.by_arn.end()) return std::nullopt;
    return tables_.executions.at(found->second).record;
  }

  std::vector<ExecutionRecord> executions(const ExecutionQuery& query) const override {
    const std::lock_guard lock(mutex_);
    std::vector<ExecutionRecord> found;
    const auto end = query.before ? tables_.executions.lower_bound(*query.before) : tables_.executions.end();
    for (auto at = std::make_reverse_iterator(end); at != tables_.executions.rend() && found.size() < query.limit;
         ++at) {
      const auto& record = at->second.record;
      if (query.state_machine_arn && record.state_machine_arn != *query.state_machine_arn) continue;
      if (query.status && record.status != *query.status) continue;
      if (query.machine_version && record.machine_version != *query.machine_version) continue;
      if (query.machine_alias && record.machine_alias != *query.machine_alias) continue;
      found.push_back(record);
    }
    return found;
  }

  std::vector<EventRecord> events(ExecutionId id, std::uint32_t from, std::size_t limit, bool reverse) const override {
    const std::lock_guard lock(mutex_);
    std::vector<EventRecord> found;
    const auto execution = tables_.executions.find(id);
    if (execution == tables_.executions.end()) return found;
    const auto& events = execution->second.events;
    if (reverse) {
      for (auto at = std::make_reverse_iterator(events.upper_bound(from)); at != events.rend() && found.size() < limit;
           ++at) {
        found.push_back({at->first, at->second});
      }
    } else {
      for (auto at = events.lower_bound(from); at != events.end() && found.size() < limit; ++at) {
        found.push_back({at->first, at->second});
      }
    }
    return found;
  }

  std::optional<std::string> item(const std::string& table, const std::string& key) const override {
    return found_in(tables_.items, {table, key});
  }

  std::vector<ItemRecord> items(const std::string& table, const std::string& prefix, const std::string& after,
                                std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<ItemRecord> found;
    auto at = after < prefix ? tables_.items.lower_bound({table, prefix}) : tables_.items.upper_bound({table, after});
    for (; at != tables_.items.end() && found.size() < limit; ++at) {
      if (at->first.first != table || !at->first.second.starts_with(prefix)) break;
      found.push_back({at->first.second, at->second});
    }
    return found;
  }

  std::optional<ChangedItem> changed_item(const std::string& attempt) const override {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.changes.find(attempt);
    return found == tables_.changes.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<std::string> arrival(const std::string& bucket, const std::string& key) const override {
    return found_in(tables_.arrivals, {bucket, key});
  }

  std::vector<std::string> arrivals(const std::string& bucket, const std::string& after,
                                    std::size_t limit) const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (auto at = tables_.arrivals.upper_bound({bucket, after});
         at != tables_.arrivals.end() && at->first.first == bucket && found.size() < limit; ++at) {
      found.push_back(at->first.second);
    }
    return found;
  }

 private:
  std::optional<std::string> found_in(const std::map<BucketAndKey, std::string>& values,
                                      const BucketAndKey& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }

  mutable std::mutex mutex_;
  Tables tables_;
};

}  // namespace

std::unique_ptr<Store> open_memory() { return std::make_unique<MemoryStore>(); }

}  // namespace stepd::storage
