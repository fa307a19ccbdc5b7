// Which retrier or catcher takes an error, and how long a retry waits (ASL §Errors).
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

/// An error's name, and another that it is known by (a missed heartbeat is reported as States.Timeout).
struct ErrorName {
  ErrorName(std::string_view given, std::string_view other = {}) : name(given), also(other) {}
  ErrorName(const std::string& given) : name(given) {}
  std::string_view name;
  std::string_view also;  ///< empty: none
};

/// ErrorEquals against an error name: exact, States.ALL (all but States.Runtime), States.TaskFailed (all but
/// States.Timeout and what States.ALL does not take).
bool matches(const std::vector<std::string>& error_equals, ErrorName error);

struct PlannedRetry {
  std::uint32_t retrier;
  std::chrono::milliseconds delay;
};

/// The first retrier that matches decides, also when its attempts are used up: then there is no retry.
/// `attempts[i]` are the retries that retrier i has made in this visit of the state.
std::optional<PlannedRetry> plan_retry(const std::vector<asl::Retrier>& retriers,
                                       const std::vector<std::uint32_t>& attempts, ErrorName error,
                                       std::uint64_t random);

/// Null: nobody catches it.
const asl::Catcher* find_catcher(const std::vector<asl::Catcher>& catchers, ErrorName error);

}  // namespace stepd::core
