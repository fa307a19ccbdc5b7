// Notices that somebody or something has set the system's clock, and says so in the log: dates in histories before and
// after are not comparable then, and waits for a date come earlier or later.
#pragma once

#include "base/clock.h"
#include "engine/run/loop.h"

#include <chrono>
#include <optional>
#include <string>

namespace stepd::run {

/// Thread: the loop's.
class ClockWatch {
 public:
  /// Both outlive it.
  ClockWatch(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock), offset_(offset()) {}

  /// Looks now and then, as long as the loop runs.
  void start();
  /// What to say if the clock was set by a second or more since the last look.
  std::optional<std::string> look();

 private:
  std::chrono::milliseconds offset() const {
    return clock_.now().time_since_epoch() - clock_.steady().time_since_epoch();
  }

  Loop& loop_;
  const Clock& clock_;
  std::chrono::milliseconds offset_;  ///< between the date and the steady clock, at the last look
};

}  // namespace stepd::run
