// RunRates: how many executions started and ended in each of the last sixty minutes, and how long they took. It is
// counted in memory since the process began, so that a page's plots cost no query.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace stepd::api {

struct MinuteRate {
  std::uint32_t started = 0;
  std::uint32_t succeeded = 0;
  std::uint32_t failed = 0;  ///< timed out and aborted ones too
};

/// Thread: any.
class RunRates {
 public:
  void started(Instant at);
  void ended(Instant at, bool succeeded, std::chrono::milliseconds took);

  /// Sixty, the minute of `now` last.
  std::vector<MinuteRate> minutes(Instant now) const;
  /// The time within which `share` (0 to 1) of the last hour's executions ended, to within a fifth; none ended: none.
  std::optional<std::chrono::milliseconds> took(Instant now, double share) const;

 private:
  static constexpr std::size_t kMinutes = 60;
  static constexpr std::size_t kSteps = 96;  ///< of 19 % each, from 1 ms up to some hours
  struct Minute {
    std::int64_t number = -1;  ///< since 1970
    MinuteRate rate;
    std::array<std::uint32_t, kSteps> durations{};
  };
  Minute& minute_of(Instant at) STEPD_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::array<Minute, kMinutes> minutes_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace stepd::api
