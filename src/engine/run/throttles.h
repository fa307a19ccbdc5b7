// The rates of one engine, with the names and the meaning of AWS's quotas (dev guide: Step Functions service quotas,
// state throttling): how many executions may be started, and how many states STANDARD executions may enter.
#pragma once

#include "base/clock.h"
#include "engine/run/token_bucket.h"

#include <atomic>
#include <cstdint>

namespace stepd::run {

/// `each` is a state machine, all versions and revisions of it. AWS's quotas of an account: 1,300 and 300 starts, 6,000
/// and 6,000 of EXPRESS ones, 5,000 and 1,500 states.
struct ThrottleRates {
  RatePair standard_starts{{50'000, 20'000}, {25'000, 10'000}};
  RatePair express_starts{{12'000, 12'000}, {6'000, 6'000}};
  RatePair transitions{{200'000, 100'000}, {100'000, 50'000}};  ///< a state machine's bucket holds a whole history
};

/// Keys are ARNs of state machines. Thread: any.
struct Throttles {
  Throttles(const ThrottleRates& rates, const Clock& clock)
      : standard_starts(rates.standard_starts, clock),
        express_starts(rates.express_starts, clock),
        transitions(rates.transitions, clock) {}

  RateLimit standard_starts;
  RateLimit express_starts;
  RateLimit transitions;  ///< EXPRESS executions use none, as on AWS
  std::atomic<std::uint64_t> refused_starts = 0;
  std::atomic<std::uint64_t> delayed_transitions = 0;  ///< times that an execution had to wait to enter a state
};

}  // namespace stepd::run
