#include "engine/core/retry.h"

#include "engine/asl/errors.h"

#include <algorithm>
#include <cmath>

namespace stepd::core {

bool matches(const std::vector<std::string>& error_equals, ErrorName error) {
  // AWS dev guide, Error handling: States.Runtime cannot be caught or retried, by States.ALL or by its own name.
  if (error.name == asl::errors::kRuntime) return false;
  return std::any_of(error_equals.begin(), error_equals.end(), [&](const std::string& name) {
    if (name == asl::errors::kAll || name == error.name) return true;
    if (!error.also.empty() && name == error.also) return true;
    return name == asl::errors::kTaskFailed && error.name != asl::errors::kTimeout;
  });
}

std::optional<PlannedRetry> plan_retry(const std::vector<asl::Retrier>& retriers,
                                       const std::vector<std::uint32_t>& attempts, ErrorName error,
                                       std::uint64_t random) {
  for (std::uint32_t i = 0; i < retriers.size(); ++i) {
    const auto& retrier = retriers[i];
    if (!matches(retrier.error_equals, error)) continue;
    const auto used = i < attempts.size() ? attempts[i] : 0;
    if (used >= retrier.max_attempts) return std::nullopt;
    // Doubles overflow to infinity, which the cap then bounds: one year is longer than any execution.
    const double cap = static_cast<double>(retrier.max_delay_seconds.value_or(31'622'400));
    double seconds =
        std::min(static_cast<double>(retrier.interval_seconds) * std::pow(retrier.backoff_rate, used), cap);
    if (retrier.full_jitter) seconds *= static_cast<double>(random >> 11) / static_cast<double>(1ull << 53);
    return PlannedRetry{i, std::chrono::milliseconds(std::llround(seconds * 1000))};
  }
  return std::nullopt;
}

const asl::Catcher* find_catcher(const std::vector<asl::Catcher>& catchers, ErrorName error) {
  const auto found = std::find_if(catchers.begin(), catchers.end(),
                                  [&](const asl::Catcher& catcher) { return matches(catcher.error_equals, error); });
  return found == catchers.end() ? nullptr : &*found;
}

}  // namespace stepd::core
