#include "engine/run/clock_watch.h"

#include <spdlog/spdlog.h>

namespace stepd::run {
namespace {

constexpr std::chrono::seconds kLookEvery{5};
/// NTP corrects less than this without setting the clock.
constexpr std::chrono::seconds kWorthSaying{1};

}  // namespace

void ClockWatch::start() {
  loop_.call_at(clock_.now() + kLookEvery, [this] {
    if (const auto said = look()) spdlog::warn("{}", *said);
    start();
  });
}

std::optional<std::string> ClockWatch::look() {
  const auto now = offset();
  const auto by = now - offset_;
  offset_ = now;
  if (std::chrono::abs(by) < kWorthSaying) return std::nullopt;
  const auto seconds = std::chrono::abs(std::chrono::round<std::chrono::seconds>(by)).count();
  return "The system clock was set " + std::string(by.count() > 0 ? "forward" : "back") + " by " +
         std::to_string(seconds) +
         " s. Waits, timeouts and heartbeats under way keep their length; Waits for a Timestamp follow the clock.";
}

}  // namespace stepd::run
