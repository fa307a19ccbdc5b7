#include "engine/run/quarantine.h"

#include "base/mutex.h"
#include "engine/core/codec.h"
#include "engine/run/journal.h"
#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

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

void Quarantine::add(storage::ExecutionId id, const std::string& arn, std::string state, std::string cause) {
  spdlog::error("execution {} is quarantined{}: {}", arn, state.empty() ? "" : " in state " + state, cause);
  know(id, arn);
  store_.write(storage::PutQuarantine{{id, clock_.now(), std::move(state), std::move(cause)}},
               [arn](storage::Outcome outcome) {
                 if (outcome != storage::Outcome::Committed)
                   spdlog::error("that execution {} is quarantined could not be stored", arn);
               });
}

void Quarantine::know(storage::ExecutionId id, const std::string& arn) {
  const MutexLock lock(mutex_);
  held_.insert_or_assign(arn, id);
}

std::optional<storage::ExecutionId> Quarantine::find(const std::string& arn) const {
  const MutexLock lock(mutex_);
  const auto found = held_.find(arn);
  return found == held_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Quarantine::count() const {
  const MutexLock lock(mutex_);
  return held_.size();
}

void Quarantine::forget(const std::string& arn) {
  const MutexLock lock(mutex_);
  held_.erase(arn);
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
  store_.write(std::move(delta), [this, arn = request.execution_arn, now, reply](storage::Outcome outcome) {
    if (outcome != storage::Outcome::Committed) return reply(unavailable());
    forget(arn);
    reply(StoppedExecution{now});
  });
}

}  // namespace stepd::run
