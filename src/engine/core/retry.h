// Which retrier or catcher takes an error, and how long a retry waits (ASL §Errors; AWS dev guide: Error handling).
//
// 1. ErrorEquals matches an error by its exact name. States.ALL matches every error. States.TaskFailed matches every
//    error but States.Timeout.
// 2. States.Runtime is matched by nothing, not even by its own name, as on AWS.
// 3. A missed heartbeat is reported as States.Timeout and is also matched by States.HeartbeatTimeout, as on AWS.
// 4. The first retrier that matches decides. If its attempts are used up there is no retry, even if a later retrier
//    matches.
// 5. Retry number n of a retrier waits IntervalSeconds * BackoffRate^(n - 1) seconds, at most MaxDelaySeconds, or 366
//    days where that is absent. With JitterStrategy FULL the delay is uniform between 0 and that.
#pragma once

#include "engine/asl/definition.h"
#include "engine/core/event.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::core {

/// An error's name, and another name that ErrorEquals may know it by. Refers to the texts it is made of.
struct ErrorName {
  ErrorName(std::string_view given, std::string_view other = {}) : name(given), also(other) {}
  ErrorName(const std::string& given) : name(given) {}
  std::string_view name;
  std::string_view also;  ///< empty: none
};

/// Whether one of the names of an ErrorEquals field matches the error.
bool matches(const std::vector<std::string>& error_equals, ErrorName error);

struct PlannedRetry {
  std::uint32_t retrier;  ///< index
  std::chrono::milliseconds delay;
};

/// The retry of a state that has failed, if there is one. `attempts[i]` is how many retries retrier i has made since
/// the state was entered; missing ones are 0. `random`: 64 random bits for the jitter.
std::optional<PlannedRetry> plan_retry(const std::vector<asl::Retrier>& retriers,
                                       const std::vector<std::uint32_t>& attempts, ErrorName error,
                                       std::uint64_t random);

/// The first catcher that matches; null if none does.
const asl::Catcher* find_catcher(const std::vector<asl::Catcher>& catchers, ErrorName error);

}  // namespace stepd::core
