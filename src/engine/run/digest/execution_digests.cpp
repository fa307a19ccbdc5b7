#include "engine/run/digest/execution_digests.h"

#include "engine/run/journal.h"

#include <algorithm>

namespace stepd::run {
namespace {

constexpr std::size_t kDigestRowsAtOnce = 2'000;

/// Digests need no data: every payload is `{}`.
class NoPayloads final : public core::StoredPayloads {
 public:
  Payload find(std::int64_t) override { return empty_; }

 private:
  const Payload empty_;
};

}  // namespace

std::shared_ptr<ExecutionDigests::Entry> ExecutionDigests::entry_of(storage::ExecutionId id) {
  const MutexLock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& one) { return one->id == id; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
  } else {
    entries_.push_front(std::make_shared<Entry>(id));
    if (entries_.size() > kept_) entries_.pop_back();
  }
  return entries_.front();
}

void ExecutionDigests::forget(storage::ExecutionId id) {
  const MutexLock lock(mutex_);
  entries_.remove_if([&](const auto& one) { return one->id == id; });
}

std::shared_ptr<const ExecutionDigest> ExecutionDigests::find(storage::ExecutionId id) {
  const auto entry = entry_of(id);
  const MutexLock lock(entry->mutex);
  try {
    NoPayloads payloads;
    for (bool more = true; more;) {
      const auto rows = reader_.events(id, entry->maker.digest().events + 1, kDigestRowsAtOnce, false);
      for (const auto& row : rows) entry->maker.take(core::decode_event(row.data, payloads));
      if (!rows.empty()) entry->made = nullptr;
      more = rows.size() == kDigestRowsAtOnce;
    }
    if (entry->made == nullptr) entry->made = std::make_shared<ExecutionDigest>(entry->maker.digest());
    return entry->made;
  } catch (...) {
    forget(id);  // half a fold is of no use
    throw;
  }
}

}  // namespace stepd::run
