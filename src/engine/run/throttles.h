// The rates of one engine, with the names and the meaning of AWS's quotas (dev guide: Step Functions service quotas,
// state throttling): how many executions may be started, and how many states STANDARD executions may enter.
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "engine/run/token_bucket.h"

namespace stepd::run {

/// `each` is a state machine, all versions and revisions of it.
struct ThrottleRates {
  RatePair standard_starts{{limits::kStartBucket, limits::kStartRefill},
                           {limits::kMachineStartBucket, limits::kMachineStartRefill}};
  RatePair express_starts{{limits::kExpressStartBucket, limits::kExpressStartRefill},
                          {limits::kMachineExpressStartBucket, limits::kMachineExpressStartRefill}};
  RatePair transitions{{limits::kTransitionBucket, limits::kTransitionRefill},
                       {limits::kMachineTransitionBucket, limits::kMachineTransitionRefill}};
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
};

}  // namespace stepd::run
