#include "engine/run/quarantine.h"

#include "base/mutex.h"
#include "engine/core/codec.h"
#include "engine/run/journal.h"
#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace stepd::run {
namespace {

/// The number and the history id that follow the last event of the journal that can be read.
core::Event next_event(storage::ExecutionId id, const storage::Reader& reader) {
  core::Event next;
  next.number = 1;
  next.history_id = 1;
  constexpr std::size_t kLookedAt = 64;
  const auto last = reader.events(id, UINT32_MAX, kLookedAt, true);
  if (last.empty()) return next;
  next.number = last.front().number + 1;
  next.history_id = next.number;
  try {
    ExecutionPayloads payloads(reader, id);
    for (const auto& row : last) {  // some events are no part of the history
      const auto event = core::decode_event(row.data, payloads);
      if (event.history_id == 0) continue;
      next.history_id = event.history_id + 1;
      next.previous_id = event.history_id;
      break;
    }
  } catch (const core::CodecError&) {
    // Its number is as good as an id: ids grow, and need not be dense in a journal that is damaged.
  }
  return next;
}

}  // namespace

void Quarantine::add(storage::ExecutionId id, const std::string& arn, std::string state, std::string cause,
                     std::vector<core::ParentLink> watchers) {
  spdlog::error("execution {} is quarantined{}: {}", arn, state.empty() ? "" : " in state " + state, cause);
  {
    const MutexLock lock(mutex_);
    storage::QuarantineRecord mark{id, clock_.now(), std::move(state), std::move(cause)};
    held_.insert_or_assign(arn, Held{id, std::move(watchers), std::move(mark)});
  }
  store_mark(arn);
}

void Quarantine::store_mark(const std::string& arn) {
  std::optional<storage::QuarantineRecord> mark;
  {
    const MutexLock lock(mutex_);
    if (const auto held = held_.find(arn); held != held_.end()) mark = held->second.unstored;
  }
  if (!mark) return;
  store_.write(storage::PutQuarantine{*std::move(mark)}, [this, arn](storage::Outcome outcome) {
    if (outcome != storage::Outcome::Committed)
      return spdlog::error("that execution {} is quarantined could not be stored", arn);
    const MutexLock lock(mutex_);
    if (const auto held = held_.find(arn); held != held_.end()) held->second.unstored.reset();
  });
}

void Quarantine::know(storage::ExecutionId id, const std::string& arn) {
  const MutexLock lock(mutex_);
  held_.insert_or_assign(arn, Held{id, {}, {}});
}

bool Quarantine::watch(const std::string& arn, const core::ParentLink& task) {
  const MutexLock lock(mutex_);
  const auto found = held_.find(arn);
  if (found == held_.end()) return false;
  found->second.watchers.push_back(task);
  return true;
}

std::optional<storage::ExecutionId> Quarantine::find(const std::string& arn) const {
  const MutexLock lock(mutex_);
  const auto found = held_.find(arn);
  return found == held_.end() ? std::nullopt : std::optional(found->second.id);
}

std::size_t Quarantine::count() const {
  const MutexLock lock(mutex_);
  return held_.size();
}

void Quarantine::release(const std::string& arn) {
  std::vector<core::ParentLink> watchers;
  {
    const MutexLock lock(mutex_);
    if (auto held = held_.extract(arn)) watchers = std::move(held.mapped().watchers);
  }
  for (const auto& task : watchers) kin_.watch(arn, task);  // which tells of the end
}

void Quarantine::stop(storage::ExecutionId id, const StopExecution& request, const Reply<StoppedExecution>& reply) {
  const auto now = clock_.now();
  storage::ExecutionDelta delta;
  try {
    auto event = next_event(id, store_.reader());
    event.at = now;
    event.body = core::event::ExecutionAborted{{request.error, request.cause}};
    JournalEntry entry(store_, id);
    delta.events.push_back({event.number, entry.encode(event)});
  } catch (const storage::StoreError& error) {
    spdlog::error("the history of {} cannot be read and gets no last event: {}", request.execution_arn, error.what());
  }
  delta.id = id;
  delta.any_version = true;
  auto& ended = delta.ended.emplace();
  ended.status = storage::ExecutionStatus::Aborted;
  ended.stopped_at = now;
  ended.error = request.error;
  ended.cause = request.cause;
  store_mark(request.execution_arn);  // without which the store refuses the end
  store_.write(std::move(delta), [this, arn = request.execution_arn, now, reply](storage::Outcome outcome) {
    if (outcome != storage::Outcome::Committed) return reply(unavailable());
    release(arn);
    reply(StoppedExecution{now});
  });
}

}  // namespace stepd::run
