// What FIFO topics remember of their messages (SNS developer guide: Message deduplication for FIFO topics).
#pragma once

#include "base/clock.h"
#include "base/mutex.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace stepd::api {

/// It ends with the process: what was published before a restart may be published again after it. Thread: any.
class FifoMemory {
 public:
  static constexpr std::chrono::minutes kWindow{5};
  /// Beyond them the oldest are forgotten.
  static constexpr std::size_t kMessagesMax = 100'000;

  struct Place {
    std::string attempt;          ///< the same for each publication of one message within the window
    std::string sequence_number;  ///< 20 digits that grow
  };
  Place place_of(const std::string& topic, const std::string& deduplication_id, Instant now);

 private:
  using Key = std::pair<std::string, std::string>;
  void forget(Instant now) STEPD_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<Key, std::pair<Instant, Place>> known_ STEPD_GUARDED_BY(mutex_);
  std::deque<std::pair<Instant, Key>> order_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t last_ STEPD_GUARDED_BY(mutex_) = 0;
};

}  // namespace stepd::api
