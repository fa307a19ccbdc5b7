// EXPRESS executions that fail without a log group leave no trace: they have no history, and their caller may be gone.
// Each is one warning in the daemon's log.
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/run/turn_listener.h"

#include <cstdint>
#include <functional>
#include <string>

namespace stepd::run {

/// Thread: any.
class UnloggedFailures final : public TurnListener {
 public:
  /// Of the failures within one span of time, those beyond the most are only counted.
  static constexpr std::chrono::seconds kSpan{10};
  static constexpr unsigned kMost = 10;

  /// `warn` takes one line for the log; must not block.
  explicit UnloggedFailures(std::function<void(const std::string& line)> warn) : warn_(std::move(warn)) {}
  /// Warns of those that were only counted.
  ~UnloggedFailures() override;

  void committed(const HeardTurn& turn) override;

 private:
  const std::function<void(const std::string& line)> warn_;
  Mutex mutex_;
  Instant span_begins_ STEPD_GUARDED_BY(mutex_){};
  unsigned warned_ STEPD_GUARDED_BY(mutex_) = 0;       ///< in this span
  std::uint64_t silent_ STEPD_GUARDED_BY(mutex_) = 0;  ///< not warned of yet
};

}  // namespace stepd::run
