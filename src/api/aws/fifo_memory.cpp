#include "api/aws/fifo_memory.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <algorithm>

namespace stepd::api {

FifoMemory::Place FifoMemory::place_of(const std::string& topic, const std::string& deduplication_id, Instant now) {
  const MutexLock lock(mutex_);
  forget(now);
  Key key(topic, deduplication_id);
  if (const auto known = known_.find(key); known != known_.end()) return known->second.second;
  // Grows over restarts, too: a thousand messages in a millisecond are more than a disk takes.
  const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  last_ = std::max(last_ + 1, milliseconds * 1'000);
  auto digits = std::to_string(last_);
  Place place{"fifo-" + to_hex(sha256(topic + '\0' + deduplication_id)) + "-" + digits,
              "1" + std::string(19 - std::min<std::size_t>(19, digits.size()), '0') + digits};
  order_.emplace_back(now, key);
  known_.emplace(std::move(key), std::pair(now, place));
  return place;
}

void FifoMemory::forget(Instant now) {
  while (!order_.empty() && (order_.front().first + kWindow <= now || order_.size() >= kMessagesMax)) {
    known_.erase(order_.front().second);
    order_.pop_front();
  }
}

}  // namespace stepd::api
