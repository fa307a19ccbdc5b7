// A clock that stands still until it is moved.
#pragma once

#include "base/clock.h"

#include <atomic>

namespace stepd::test {

/// Thread: any.
class ManualClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::milliseconds(milliseconds_.load())); }
  SteadyInstant steady() const override { return SteadyInstant(std::chrono::milliseconds(steady_.load())); }
  void advance(std::chrono::milliseconds by) {
    milliseconds_ += by.count();
    steady_ += by.count();
  }
  /// What setting the system's clock does; no time passes.
  void jump(std::chrono::milliseconds by) { milliseconds_ += by.count(); }
  void set(Instant instant) { milliseconds_ = instant.time_since_epoch().count(); }

 private:
  std::atomic<std::int64_t> milliseconds_{1'700'000'000'000};
  std::atomic<std::int64_t> steady_{1'000};
};

}  // namespace stepd::test
