// Reading dates: ISO 8601, and texts that a picture describes.
#include "engine/asl/jsonata/calendar.h"
#include "engine/asl/jsonata/date_picture.h"
#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/item.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/regex.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace stepd::jsonata {

namespace {

double read_leading_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} ? static_cast<double>(value) : std::numeric_limits<double>::quiet_NaN();
}

bool is_zone(const DatePart& part) { return part.component == 'Z' || part.component == 'z'; }

char32_t zone_separator(const DatePart& part) {
  return part.integer->regular && !part.integer->separators.empty() ? part.integer->separators[0].character : U'\0';
}

std::string quote_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(".*+?^${}()|[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string pattern_of(const DatePart& part) {
  if (part.component == 0) return quote_pattern(part.literal);
  if (is_zone(part)) {
    std::string pattern = part.component == 'z' ? "GMT[-+][0-9]+" : "[-+][0-9]+";
    if (const char32_t separator = zone_separator(part)) {
      const std::string text(1, static_cast<char>(separator));
      pattern += (separator < 0x80 ? quote_pattern(text) : "[^0-9]") + "[0-9]+";
    }
    return pattern;
  }
  if (part.component == 'f') return "[0-9]+";
  if (part.integer) return integer_pattern(*part.integer);
  if (std::string_view("MxFP").find(part.component) == std::string_view::npos) {
    throw Failure("D3133").with_value("\"" + std::string(1, part.component) + "\"");
  }
  return "[a-zA-Z]+";
}

std::optional<double> read_name(std::string_view text, const DatePart& part) {
  if (part.component == 'P') {
    if (text == "am" || text == "AM") return 0;
    if (text == "pm" || text == "PM") return 1;
    return std::nullopt;
  }
  const bool day = part.component == 'F';
  for (int i = 1; i <= (day ? 7 : 12); ++i) {
    const std::string_view name = day ? day_name(i) : month_name(i);
    if (text ==
        (part.width_max && *part.width_max > 0 ? name.substr(0, static_cast<std::size_t>(*part.width_max)) : name))
      return i;
  }
  return std::nullopt;
}

double read_zone(std::string_view text, const DatePart& part) {
  if (part.component == 'z') text.remove_prefix(3);
  std::size_t middle = text.size();
  std::size_t skip = 0;
  if (zone_separator(part) != 0) {
    middle = text.find_first_not_of("0123456789", 1);
    skip = 1;
  } else if (text.size() > 3) {
    middle = 3;
  }
  const double hours = read_leading_integer(text.substr(0, middle));
  const double minutes = middle < text.size() ? read_leading_integer(text.substr(middle + skip)) : 0;
  return hours * 60 + minutes;
}

std::optional<double> read_part(std::string_view text, const DatePart& part) {
  if (is_zone(part)) return read_zone(text, part);
  if (part.component == 'f') {
    const auto digits = text.substr(0, 3);
    return read_leading_integer(digits) * std::pow(10, 3 - static_cast<double>(digits.size()));
  }
  return part.integer ? read_integer(text, *part.integer) : read_name(text, part);
}

/// The values that a text gives to the components of its picture.
struct Components {
  std::array<std::optional<double>, 128> values;
  std::optional<double>& operator[](char c) { return values[static_cast<std::size_t>(c) & 127]; }
  bool given(char c) { return (*this)[c].has_value() && *(*this)[c] != 0 && !std::isnan(*(*this)[c]); }
  double value(char c) { return (*this)[c].value_or(0); }
};

unsigned mask_of(Components& components, std::string_view order) {
  unsigned mask = 0;
  for (const char c : order) mask = mask << 1 | (components.given(c) ? 1U : 0U);
  return mask;
}

/// Some of the components of the type, and none besides.
bool is_type(unsigned type, unsigned mask) { return (~type & mask) == 0 && (type & mask) != 0; }

/// Gaps between the given components are errors; what is missing on the left comes from now, on the right it is zero.
void complete(Components& components, std::string_view order, double now) {
  bool started = false;
  bool ended = false;
  const CivilTime today = civil_time(now);
  for (const char c : order) {
    if (components[c]) {
      started = true;
      if (ended) throw Failure("D3136");
    } else if (started) {
      components[c] = c == 'M' || c == 'D' || c == 'd' ? 1 : 0;
      ended = true;
    } else {
      components[c] = static_cast<double>(component_of(today, c));
    }
  }
}

double utc_millis(double year, double month, double day, double hours, double minutes, double seconds, double millis) {
  if (year >= 0 && year <= 99) year += 1900;  // as JavaScript's Date.UTC() has it
  return days_from_civil(year, month, day) * 86'400'000 + std::trunc(hours) * 3'600'000 + std::trunc(minutes) * 60'000 +
         std::trunc(seconds) * 1000 + std::trunc(millis);
}

/// Reads `digits` digits, each of which is in its place as [0-3] and the like say.
bool take_digits(std::string_view& text, std::size_t digits, double& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take_field(std::string_view& text, char mark, double least, double most, double& value) {
  if (!text.starts_with(mark)) return false;
  std::string_view rest = text.substr(1);
  if (!take_digits(rest, 2, value) || value < least || value > most) return false;
  text = rest;
  return true;
}

}  // namespace

std::optional<double> read_iso_date(std::string_view text) {
  double year = 0;
  double month = 1;
  double day = 1;
  double hours = 0;
  double minutes = 0;
  double seconds = 0;
  double millis = 0;
  if (!take_digits(text, 4, year)) return std::nullopt;
  if (take_field(text, '-', 1, 12, month)) take_field(text, '-', 1, 31, day);
  const bool timed = text.starts_with('T');
  if (timed) {
    if (!take_field(text, 'T', 0, 24, hours) || !take_field(text, ':', 0, 59, minutes) ||
        !take_field(text, ':', 0, 59, seconds)) {
      return std::nullopt;
    }
    if (hours == 24 && (minutes != 0 || seconds != 0)) return std::nullopt;
  }
  if (timed && text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    std::string_view first = text.substr(0, std::min<std::size_t>(digits, 3));
    const std::size_t used = first.size();
    take_digits(first, used, millis);
    millis *= std::pow(10, 3 - static_cast<double>(used));
    text.remove_prefix(digits);
  }
  double offset = 0;
  if (text == "Z") {
    text = {};
  } else if (text.starts_with('+') || text.starts_with('-')) {
    const double sign = text[0] == '-' ? -1 : 1;
    double zone_hours = 0;
    double zone_minutes = 0;
    text.remove_prefix(1);
    if (!take_digits(text, 2, zone_hours) || zone_hours > 29) return std::nullopt;
    if (text.starts_with(':')) text.remove_prefix(1);
    if (!take_digits(text, 2, zone_minutes) || zone_minutes > 59 || zone_hours > 23) return std::nullopt;
    offset = sign * (zone_hours * 60 + zone_minutes);
  }
  if (!text.empty()) return std::nullopt;
  const double days = days_from_civil(year, month, day);
  return days * 86'400'000 + ((hours * 60 + minutes - offset) * 60 + seconds) * 1000 + millis;
}

std::optional<double> read_date(std::string_view text, const std::vector<DatePart>& parts, double now, Meter& meter) {
  std::string pattern = "^";
  for (const DatePart& part : parts) pattern += "(" + pattern_of(part) + ")";
  const Regex regex(pattern + "$", true, false);
  const auto match = regex.find(text, 0, meter);
  if (!match) return std::nullopt;
  Components components;
  bool any = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].component == 0 || !match->groups[i]) continue;
    const auto& range = *match->groups[i];
    components[parts[i].component] = read_part(text.substr(range.begin, range.end - range.begin), parts[i]);
    any = true;
  }
  if (!any) return std::nullopt;
  // Which combination the components are: year, month, day; year, day of year; ISO weeks; 24 or 12 hours.
  const unsigned date_mask = mask_of(components, "YXMxWwdD");
  const bool by_month = is_type(0b10100001, date_mask);
  const bool by_day_of_year = !by_month && is_type(0b10000010, date_mask);
  const bool by_month_week = is_type(0b01010100, date_mask);
  const bool by_week = !by_month_week && is_type(0b01001000, date_mask);
  const unsigned time_mask = mask_of(components, "PHhmsf");
  const bool by_half_day = !is_type(0b010111, time_mask) && is_type(0b101111, time_mask);
  const std::string order = std::string(by_day_of_year  ? "YD"
                                        : by_month_week ? "XxwF"
                                        : by_week       ? "XWF"
                                                        : "YMD") +
                            (by_half_day ? "Phmsf" : "Hmsf");
  complete(components, order, now);
  if (by_month_week || by_week) throw Failure("D3136");
  double month = components.value('M') > 0 ? components.value('M') : 1;
  double day = components.value('D');
  if (by_day_of_year) {
    month = 1;
    day = components.value('d');
  }
  double hours = components.value('H');
  if (by_half_day)
    hours = (components.value('h') == 12 ? 0 : components.value('h')) + (components.value('P') == 1 ? 12 : 0);
  double millis = utc_millis(components.value('Y'), month, day, hours, components.value('m'), components.value('s'),
                             components.value('f'));
  if (components.given('Z') || components.given('z')) {
    millis -= (components.given('Z') ? components.value('Z') : components.value('z')) * 60'000;
  }
  if (!std::isfinite(millis)) return std::nullopt;
  return millis;
}

}  // namespace stepd::jsonata
