// Instant, the Clock interface, and the formats of timestamps. Code that needs the time takes a Clock, so that tests
// can inject one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Milliseconds since 1970 UTC: the resolution of AWS's timestamps.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A point on a clock that is never set: good for durations within one process.
using SteadyInstant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

/// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The date, which people and NTP may set at any time.
  virtual Instant now() const = 0;
  virtual SteadyInstant steady() const = 0;
};

/// Both clocks at one moment, by which a date becomes a point that setting the date does not move.
struct ClockReading {
  Instant date;
  SteadyInstant steady;

  explicit ClockReading(const Clock& clock) : date(clock.now()), steady(clock.steady()) {}
  SteadyInstant steady_at(Instant later) const { return steady + (later - date); }
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  SteadyInstant steady() const override;
};

/// RFC 3339 in UTC with milliseconds, as the context object shows times: `2026-11-21T06:44:00.123Z`.
std::string to_rfc3339(Instant instant);
/// Reads RFC 3339 with an upper-case `T` and a zone (`Z` or `+hh:mm`), as Wait.Timestamp and the Timestamp operators
/// demand. Fractions beyond milliseconds are cut. None for other texts.
std::optional<Instant> from_rfc3339(std::string_view text);

/// Seconds since 1970 with a fraction, as the AWS JSON protocol carries timestamps.
double to_epoch_seconds(Instant instant);

}  // namespace stepd
