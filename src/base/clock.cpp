#include "base/clock.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace stepd {
namespace {

using namespace std::chrono;

/// Reads exactly `digits` decimal digits at the front of `text`, within [low, high].
std::optional<int> take_number(std::string_view& text, std::size_t digits, int low, int high) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text[0] == '-' || value < low || value > high)
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// `.digits`, any number of them, cut to milliseconds.
std::optional<milliseconds> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return milliseconds{0};
  int value = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits, text.remove_prefix(1)) {
    if (digits < 3) value = value * 10 + (text[0] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return milliseconds{value};
}

std::optional<minutes> take_zone(std::string_view& text) {
  if (take_char(text, 'Z')) return minutes{0};
  const bool east = take_char(text, '+');
  if (!east && !take_char(text, '-')) return std::nullopt;
  const auto hour = take_number(text, 2, 0, 23);
  if (!hour || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2, 0, 59);
  if (!minute) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return east ? offset : -offset;
}

}  // namespace

Instant SystemClock::now() const { return floor<milliseconds>(system_clock::now()); }

SteadyInstant SystemClock::steady() const { return floor<milliseconds>(steady_clock::now()); }

std::string to_rfc3339(Instant instant) {
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{instant - day};
  std::array<char, 40> text;
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                    unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                    int(time.minutes().count()), int(time.seconds().count()), int(time.subseconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

std::optional<Instant> from_rfc3339(std::string_view text) {
  const auto y = take_number(text, 4, 0, 9999);
  if (!y || !take_char(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2, 1, 12);
  if (!m || !take_char(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2, 1, 31);
  if (!d || !take_char(text, 'T')) return std::nullopt;
  const auto hour = take_number(text, 2, 0, 23);
  if (!hour || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2, 0, 59);
  if (!minute || !take_char(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2, 0, 60);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  const year_month_day date{year{*y}, month{unsigned(*m)}, day{unsigned(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second} + *fraction - *zone;
}

double to_epoch_seconds(Instant instant) { return static_cast<double>(instant.time_since_epoch().count()) / 1000.0; }

}  // namespace stepd
