#include "storage/memory/memory_store.h"

#include "base/mutex.h"

#include "storage/memory/tables.h"
#include "storage/stored_text.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

namespace stepd::storage {
namespace {

class MemoryStore final : public Store, public Reader {
 public:
  void write(Write write, Committed done) override {
    Outcome outcome{};
    {
      const MutexLock lock(mutex_);
      outcome = std::visit([&](auto& one) STEPD_REQUIRES(mutex_) { return tables_.apply(one); }, write);
    }
    if (done) done(outcome);  // outside the lock: it may well write again
  }

  const Reader& reader() const override { return *this; }

  void load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const override {
    std::vector<OpenExecution> open;
    std::vector<std::pair<ExecutionSummary, std::string>> damaged;
    {
      const MutexLock lock(mutex_);
      for (const auto& [id, held] : tables_.executions) {
        if (held.record.status != ExecutionStatus::Running) continue;
        try {
          open.push_back(open_of(held));
        } catch (const StoreError& error) {
          damaged.emplace_back(held.record, error.what());
        }
      }
    }
    for (auto& one : open) each(std::move(one));
    for (const auto& [execution, why] : damaged) unreadable(execution.id, execution.arn, why);
  }

  std::optional<OpenExecution> load(ExecutionId id) const override {
    const MutexLock lock(mutex_);
    const auto found = tables_.executions.find(id);
    if (found == tables_.executions.end() || found->second.record.status != ExecutionStatus::Running) {
      return std::nullopt;
    }
    return open_of(found->second);
  }

  ExecutionId last_id() const override {
    const MutexLock lock(mutex_);
    return tables_.last_id;
  }

  PayloadId next_payload_id() override { return PayloadId{payload_ids_.fetch_add(1) + 1}; }

  void flush() override {}  // write() has answered before it returned

  std::optional<StateMachineRecord> state_machine(const std::string& arn) const override {
    const MutexLock lock(mutex_);
    const auto found = tables_.machines.find(arn);
    if (found == tables_.machines.end() || found->second.deleting) return std::nullopt;
    return found->second.revisions.back();
  }

  std::optional<StateMachineRecord> revision(const std::string& arn, const std::string& revision_id) const override {
    const MutexLock lock(mutex_);
    const auto found = tables_.machines.find(arn);
    if (found == tables_.machines.end()) return std::nullopt;
    const auto* revision = find_revision(found->second, revision_id);
    return revision == nullptr ? std::nullopt : std::optional(*revision);
  }

  std::vector<StateMachineRecord> state_machines(const std::string& after, std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<StateMachineRecord> found;
    for (auto at = tables_.machines.upper_bound(after); at != tables_.machines.end() && found.size() < limit; ++at) {
      if (!at->second.deleting) found.push_back(at->second.revisions.back());
    }
    return found;
  }

  std::optional<VersionRecord> version(const std::string& machine_arn, std::uint32_t number) const override {
    const MutexLock lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr || !machine->versions.contains(number)) return std::nullopt;
    return machine->versions.at(number);
  }

  std::optional<VersionRecord> version_of(const std::string& machine_arn,
                                          const std::string& revision_id) const override {
    const MutexLock lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return std::nullopt;
    for (const auto& [number, record] : machine->versions) {
      if (record.revision_id == revision_id) return record;
    }
    return std::nullopt;
  }

  std::vector<VersionRecord> versions(const std::string& machine_arn, std::uint32_t before,
                                      std::size_t limit) const override {
    const MutexLock lock(mutex_);
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
    const MutexLock lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return {};
    return {static_cast<std::uint32_t>(machine->versions.size()), machine->last_version};
  }

  std::optional<AliasRecord> alias(const std::string& machine_arn, const std::string& name) const override {
    const MutexLock lock(mutex_);
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr || !machine->aliases.contains(name)) return std::nullopt;
    return machine->aliases.at(name);
  }

  std::vector<AliasRecord> aliases(const std::string& machine_arn, const std::string& after,
                                   std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<AliasRecord> found;
    const auto* machine = tables_.visible(machine_arn);
    if (machine == nullptr) return found;
    for (auto at = machine->aliases.upper_bound(after); at != machine->aliases.end() && found.size() < limit; ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  std::optional<ActivityRecord> activity(const std::string& arn) const override {
    const MutexLock lock(mutex_);
    const auto found = tables_.activities.find(arn);
    return found == tables_.activities.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<ActivityRecord> activities(const std::string& after, std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<ActivityRecord> found;
    for (auto at = tables_.activities.upper_bound(after); at != tables_.activities.end() && found.size() < limit; ++at)
      found.push_back(at->second);
    return found;
  }

  std::vector<Tag> tags(const std::string& resource_arn) const override {
    const MutexLock lock(mutex_);
    std::vector<Tag> found;
    const auto held = tables_.tags.find(resource_arn);
    if (held == tables_.tags.end()) return found;
    for (const auto& [key, value] : held->second) found.push_back({key, value});
    return found;
  }

  std::optional<ExecutionRecord> execution(const std::string& arn) const override {
    const MutexLock lock(mutex_);
    const auto found = tables_.by_arn.find(arn);
    if (found == tables_.by_arn.end()) return std::nullopt;
    return with_texts(tables_.executions.at(found->second).record);
  }

  std::vector<QuarantinedExecution> quarantined(ExecutionId after, std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<QuarantinedExecution> found;
    for (auto at = tables_.executions.upper_bound(after); at != tables_.executions.end() && found.size() < limit;
         ++at) {
      const auto& record = at->second.record;
      if (record.quarantine) found.push_back({record.arn, *record.quarantine});
    }
    return found;
  }

  std::vector<PayloadRecord> payloads(std::span<const PayloadId> ids) const override {
    const std::set<PayloadId> wanted(ids.begin(), ids.end());
    const MutexLock lock(mutex_);
    std::vector<PayloadRecord> found;
    for (const auto id : wanted) {
      if (const auto* bytes = packed(id)) found.push_back({id, *bytes});
    }
    return found;
  }

  std::vector<ExecutionSummary> executions(const ExecutionQuery& query) const override {
    const MutexLock lock(mutex_);
    std::vector<ExecutionSummary> found;
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

  std::vector<ExecutionTally> tally_executions() const override {
    const MutexLock lock(mutex_);
    std::map<std::pair<std::string, ExecutionStatus>, std::uint64_t> counts;
    for (const auto& [id, held] : tables_.executions) ++counts[{held.record.state_machine_arn, held.record.status}];
    std::vector<ExecutionTally> found;
    for (const auto& [key, count] : counts) found.push_back({key.first, key.second, count});
    return found;
  }

  std::vector<ListedFailure> failures(std::span<const ExecutionId> ids) const override {
    const std::set<ExecutionId> wanted(ids.begin(), ids.end());
    const MutexLock lock(mutex_);
    std::vector<ListedFailure> found;
    for (const auto id : wanted) {
      const auto held = tables_.executions.find(id);
      if (held == tables_.executions.end()) continue;
      const auto& record = held->second.record;
      if (!record.error && !record.cause) continue;
      found.push_back({id, record.error.value_or(""), record.cause.value_or("").substr(0, kListedCauseChars)});
    }
    return found;
  }

  std::optional<ExecutionId> first_since(Instant moment) const override {
    const MutexLock lock(mutex_);
    for (const auto& [id, held] : tables_.executions) {
      if (held.record.started_at >= moment) return id;
    }
    return std::nullopt;
  }

  std::vector<EventRecord> events(ExecutionId id, std::uint32_t from, std::size_t limit, bool reverse) const override {
    const MutexLock lock(mutex_);
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

  std::vector<TableRecord> item_tables() const override {
    const MutexLock lock(mutex_);
    return tables_.items.item_tables();
  }

  ItemTally tally_items(const std::string& table) const override {
    const MutexLock lock(mutex_);
    return tables_.items.tally_items(table);
  }

  std::optional<std::string> item(const ItemPlace& place) const override {
    const MutexLock lock(mutex_);
    return tables_.items.item(place);
  }

  std::vector<std::optional<std::string>> items(std::span<const ItemPlace> places) const override {
    const MutexLock lock(mutex_);
    return tables_.items.items(places);
  }

  std::vector<ItemRecord> items(const ItemRange& range) const override {
    const MutexLock lock(mutex_);
    return tables_.items.items(range);
  }

  std::optional<ChangedItem> changed_item(const std::string& attempt) const override {
    const MutexLock lock(mutex_);
    return tables_.items.changed_item(attempt);
  }

  std::optional<ItemReceipt> item_receipt(const std::string& token) const override {
    const MutexLock lock(mutex_);
    return tables_.items.item_receipt(token);
  }

  std::optional<std::string> arrival(const std::string& bucket, const std::string& key) const override {
    return found_in(&Tables::arrivals, {bucket, key});
  }

  std::vector<std::string> arrivals(const std::string& bucket, const std::string& after,
                                    std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<std::string> found;
    for (auto at = tables_.arrivals.upper_bound({bucket, after});
         at != tables_.arrivals.end() && at->first.first == bucket && found.size() < limit; ++at) {
      found.push_back(at->first.second);
    }
    return found;
  }

  std::vector<OutboxHead> outbox(const std::string& destination, std::size_t limit) const override {
    const MutexLock lock(mutex_);
    std::vector<OutboxHead> found;
    const auto queue = tables_.outbox.queues().find(destination);
    if (queue == tables_.outbox.queues().end()) return found;
    for (const auto& [place, record] : queue->second) {
      if (found.size() == limit) break;
      found.push_back({record.id, record.attempts, record.not_before});
    }
    return found;
  }

  std::optional<std::string> outbox_body(const std::string& destination, const std::string& id) const override {
    const MutexLock lock(mutex_);
    const auto* record = tables_.outbox.find(destination, id);
    return record == nullptr ? std::nullopt : std::optional(record->body);
  }

  std::vector<std::string> outbox_destinations() const override {
    const MutexLock lock(mutex_);
    std::vector<std::string> found;
    for (const auto& [destination, queue] : tables_.outbox.queues()) found.push_back(destination);
    return found;
  }

  OutboxTally tally_outbox() const override {
    const MutexLock lock(mutex_);
    return tables_.outbox.tally;
  }

 private:
  const std::string* packed(PayloadId id) const STEPD_REQUIRES(mutex_) {
    const auto found = tables_.payloads.find(id);
    return found == tables_.payloads.end() ? nullptr : &found->second.bytes;
  }

  ExecutionRecord with_texts(ExecutionRecord record) const STEPD_REQUIRES(mutex_) {
    if (record.input_id != PayloadId{}) record.input = text_of_payload(record.input_id, packed(record.input_id));
    if (record.output_id != PayloadId{}) record.output = text_of_payload(record.output_id, packed(record.output_id));
    return record;
  }

  OpenExecution open_of(const HeldExecution& held) const STEPD_REQUIRES(mutex_) {
    OpenExecution open{with_texts(held.record), held.version, held.head, {}};
    for (const auto& [id, data] : held.frames) open.frames.push_back({id, data});
    return open;
  }

  std::optional<std::string> found_in(std::map<BucketAndKey, std::string> Tables::*member,
                                      const BucketAndKey& key) const {
    const MutexLock lock(mutex_);
    const auto& values = tables_.*member;
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }

  mutable Mutex mutex_;
  Tables tables_ STEPD_GUARDED_BY(mutex_);
  std::atomic<std::int64_t> payload_ids_{0};
};

}  // namespace

std::unique_ptr<Store> open_memory() { return std::make_unique<MemoryStore>(); }

}  // namespace stepd::storage
