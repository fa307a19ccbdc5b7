#include "api/console/run_rates.h"

#include <algorithm>
#include <cmath>

namespace stepd::api {
namespace {

constexpr double kStepsPerDoubling = 4;

std::int64_t minute_number(Instant at) {
  return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}

}  // namespace

RunRates::Minute& RunRates::minute_of(Instant at) {
  const auto number = std::max<std::int64_t>(0, minute_number(at));
  auto& minute = minutes_[static_cast<std::size_t>(number) % kMinutes];
  if (minute.number != number) {
    minute = {};
    minute.number = number;
  }
  return minute;
}

void RunRates::started(Instant at) {
  const MutexLock lock(mutex_);
  ++minute_of(at).rate.started;
}

void RunRates::ended(Instant at, bool succeeded, std::chrono::milliseconds took) {
  const double length = std::max<double>(1, static_cast<double>(took.count()));
  const auto step = std::min<std::size_t>(kSteps - 1, static_cast<std::size_t>(std::log2(length) * kStepsPerDoubling));
  const MutexLock lock(mutex_);
  auto& minute = minute_of(at);
  ++(succeeded ? minute.rate.succeeded : minute.rate.failed);
  ++minute.durations[step];
}

std::vector<MinuteRate> RunRates::minutes(Instant now) const {
  const auto last = minute_number(now);
  std::vector<MinuteRate> rates(kMinutes);
  const MutexLock lock(mutex_);
  for (const auto& minute : minutes_) {
    const auto age = last - minute.number;
    if (minute.number >= 0 && age >= 0 && age < static_cast<std::int64_t>(kMinutes))
      rates[kMinutes - 1 - static_cast<std::size_t>(age)] = minute.rate;
  }
  return rates;
}

std::optional<std::chrono::milliseconds> RunRates::took(Instant now, double share) const {
  const auto last = minute_number(now);
  std::array<std::uint64_t, kSteps> sums{};
  std::uint64_t all = 0;
  {
    const MutexLock lock(mutex_);
    for (const auto& minute : minutes_) {
      if (minute.number < 0 || last - minute.number >= static_cast<std::int64_t>(kMinutes)) continue;
      for (std::size_t step = 0; step < kSteps; ++step) {
        sums[step] += minute.durations[step];
        all += minute.durations[step];
      }
    }
  }
  if (all == 0) return std::nullopt;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all)));
  std::uint64_t seen = 0;
  std::size_t step = 0;
  while (step + 1 < kSteps && (seen += sums[step]) < wanted) ++step;
  return std::chrono::milliseconds(std::llround(std::exp2((static_cast<double>(step) + 0.5) / kStepsPerDoubling)));
}

}  // namespace stepd::api
