#include "engine/asl/jsonata/calendar.h"

#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/json_text.h"

#include <array>
#include <cmath>

namespace stepd::jsonata {

namespace {

constexpr double kMillisMax = 8.64e15;
constexpr double kDayMillis = 86'400'000;
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};

int weekday_of(double days) {
  const double from_monday = std::fmod(days + 3, 7);  // 1970-01-01 was a Thursday
  return static_cast<int>(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

/// The day on which week 1 of a year or month begins: the week with the first Thursday.
double first_week(double year, double month) {
  const double first = days_from_civil(year, month, 1);
  const int weekday = weekday_of(first);
  return weekday > 4 ? first + 8 - weekday : first - (weekday - 1);
}

std::int64_t week_of(double day, double year, double month, double months, int weeks) {
  const auto week = [&](double begin) { return static_cast<std::int64_t>(std::floor((day - begin) / 7)) + 1; };
  const std::int64_t here = week(first_week(year, month));
  if (here > weeks && day >= first_week(year, month + months)) return 1;
  return here < 1 ? week(first_week(year, month - months)) : here;
}

}  // namespace

double days_from_civil(double year, double month, double day) {
  year += std::floor((month - 1) / 12);
  month = std::fmod(month - 1, 12);
  if (month < 0) month += 12;
  // Years begin in March, so that the leap day is the last.
  const double shifted = month < 2 ? year - 1 : year;
  const double era = std::floor(shifted / 400);
  const double of_era = shifted - era * 400;
  const double of_year = std::floor((153 * std::fmod(month + 10, 12) + 2) / 5);
  return era * 146'097 + of_era * 365 + std::floor(of_era / 4) - std::floor(of_era / 100) + of_year - 719'468 + day - 1;
}

CivilTime civil_time(double millis) {
  if (!(std::abs(millis) <= kMillisMax)) throw Failure("D1001").with_value(js_number(millis));
  CivilTime time;
  time.millis = std::trunc(millis);
  const double days = std::floor(time.millis / kDayMillis);
  auto rest = static_cast<std::int64_t>(time.millis - days * kDayMillis);
  time.millisecond = static_cast<int>(rest % 1000);
  time.second = static_cast<int>(rest / 1000 % 60);
  time.minute = static_cast<int>(rest / 60'000 % 60);
  time.hour = static_cast<int>(rest / 3'600'000);
  time.weekday = weekday_of(days);
  const auto shifted = static_cast<std::int64_t>(days) + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t of_era = shifted - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  time.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  time.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  time.year = year + era * 400 + (time.month <= 2 ? 1 : 0);
  return time;
}

std::int64_t component_of(const CivilTime& time, char component) {
  const auto year = static_cast<double>(time.year);
  const double day = days_from_civil(year, time.month, time.day);
  switch (component) {
    case 'Y':
      return time.year;
    case 'M':
      return time.month;
    case 'D':
      return time.day;
    case 'd':
      return static_cast<std::int64_t>(day - days_from_civil(year, 1, 1)) + 1;
    case 'F':
      return time.weekday;
    case 'W':
      return week_of(day, year, 1, 12, 52);
    case 'w':
      return week_of(day, year, time.month, 1, 4);
    case 'X':
      if (day < first_week(year, 1)) return time.year - 1;
      return day >= first_week(year + 1, 1) ? time.year + 1 : time.year;
    case 'x':
      if (day < first_week(year, time.month)) return time.month == 1 ? 12 : time.month - 1;
      if (day >= first_week(year, time.month + 1)) return time.month == 12 ? 1 : time.month + 1;
      return time.month;
    case 'H':
      return time.hour;
    case 'h':
      return time.hour % 12 == 0 ? 12 : time.hour % 12;
    case 'P':
      return time.hour >= 12 ? 1 : 0;
    case 'm':
      return time.minute;
    case 's':
      return time.second;
    case 'f':
      return time.millisecond;
    default:
      return 0;
  }
}

std::string_view month_name(int month) { return kMonths[static_cast<std::size_t>(month - 1)]; }

std::string_view day_name(int weekday) { return kDays[static_cast<std::size_t>(weekday - 1)]; }

}  // namespace stepd::jsonata
