// What the memory store holds, and what each kind of write does to it. It has no threads and answers no reader.
#pragma once

#include "storage/memory/held_items.h"
#include "storage/store.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stepd::storage {

struct HeldPayload {
  ExecutionId execution{};
  std::string bytes;
};

struct HeldExecution {
  ExecutionRecord record;  // without the texts of payloads
  std::uint64_t version = 0;
  std::string head;
  std::map<std::uint32_t, std::string> frames;
  std::map<std::uint32_t, std::string> events;
  std::vector<PayloadId> payloads;
};

struct HeldMachine {
  std::vector<StateMachineRecord> revisions;  // the newest last
  bool deleting = false;                      // hidden, until its last open execution has ended
  std::map<std::uint32_t, VersionRecord> versions;
  std::uint32_t last_version = 0;
  std::map<std::string, AliasRecord> aliases;
};

/// Messages by destination; in a queue by when they are due, then by when they came.
class HeldOutbox {
 public:
  using Place = std::pair<Instant, std::uint64_t>;
  using Queue = std::map<Place, OutboxRecord>;

  bool has_room(const PutOutbox& put) const;
  void put(OutboxRecord record);
  void remove(const std::string& destination, const std::string& id);
  void retry(const std::string& destination, const OutboxHead& head);

  /// Null if there is none.
  const OutboxRecord* find(const std::string& destination, const std::string& id) const;
  const std::map<std::string, Queue>& queues() const { return queues_; }
  OutboxTally tally;

 private:
  std::map<std::string, Queue> queues_;                          // none of them empty
  std::map<std::pair<std::string, std::string>, Place> places_;  // by destination and id
  std::uint64_t last_number_ = 0;
};

using BucketAndKey = std::pair<std::string, std::string>;

/// Thread: whoever holds MemoryStore's mutex.
class Tables {
 public:
  Outcome apply(ExecutionDelta& delta);
  Outcome apply(PutStateMachine& put);
  Outcome apply(DeleteStateMachine& remove);
  Outcome apply(ChangeItems& change) { return items.change(change) ? Outcome::Committed : Outcome::Conflict; }
  Outcome apply(PutTable& put) { return items.put_table(put) ? Outcome::Committed : Outcome::NameTaken; }
  Outcome apply(PurgeItems& purge) {
    items.purge(purge);
    return Outcome::Committed;
  }
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
  Outcome apply(PutQuarantine& put);
  Outcome apply(DropQuarantine& drop) {
    if (const auto found = executions.find(drop.id); found != executions.end()) lift_quarantine(found->second.record);
    return Outcome::Committed;
  }
  Outcome apply(PutOutbox& put) {
    if (!outbox.has_room(put)) return Outcome::Conflict;
    for (auto& record : put.records) outbox.put(std::move(record));
    return Outcome::Committed;
  }
  Outcome apply(RemoveOutbox& remove) {
    outbox.remove(remove.destination, remove.id);
    return Outcome::Committed;
  }
  Outcome apply(RetryOutbox& retry) {
    outbox.retry(retry.destination, retry.head);
    return Outcome::Committed;
  }
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
  std::map<PayloadId, HeldPayload> payloads;
  HeldItems items;
  std::map<BucketAndKey, std::string> arrivals;
  HeldOutbox outbox;
  ExecutionId last_id{};

 private:
  static void lift_quarantine(ExecutionRecord& record) {
    record.quarantine.reset();
    record.quarantined = false;
  }
  bool fits(const HeldExecution* held, const ExecutionDelta& delta) const;
  Outcome create(ExecutionDelta& delta);
  Outcome reopen(HeldExecution& held, ExecutionDelta& delta);
  void close(HeldExecution& held, Ending& ending);
  void drop_execution(ExecutionId id);
  void drop_if_done(const std::string& machine_arn);
};

/// Null if there is none.
const StateMachineRecord* find_revision(const HeldMachine& machine, const std::string& revision_id);

}  // namespace stepd::storage
