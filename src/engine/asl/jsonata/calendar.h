// The Gregorian calendar in UTC, as JavaScript's Date has it: any year, no leap seconds.
#pragma once

#include <cstdint>
#include <string_view>

namespace stepd::jsonata {

struct CivilTime {
  double millis = 0;  // since 1970
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
  int weekday = 4;  // 1: Monday
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

/// Throws D1001 beyond 100,000,000 days from 1970, which is where JavaScript's dates end.
CivilTime civil_time(double millis);
/// Days from 1970-01-01. `month` may be any number: 13 is January of the next year.
double days_from_civil(double year, double month, double day);
/// A component of a date picture that is a number: Y M D d F W w X x H h m s f.
std::int64_t component_of(const CivilTime& time, char component);

std::string_view month_name(int month);
std::string_view day_name(int weekday);

}  // namespace stepd::jsonata
