// Pictures of dates and times (XPath functions 3.1, 9.8.4 fn:format-dateTime), with `X` and `x` for the year and month
// of an ISO week.
#pragma once

#include "engine/asl/jsonata/integer_picture.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

class Meter;

struct DatePart {
  char component = 0;  // 0: `literal` stands here
  std::string literal;
  bool has_names = false;
  IntegerPicture::Case names = IntegerPicture::Case::Lower;
  bool zulu = false;  // Z for no offset
  std::optional<int> width_max;
  std::optional<IntegerPicture> integer;
  int year_digits = -1;
};

/// Throws D3131, D3132, D3135.
std::vector<DatePart> analyse_date_picture(std::string_view picture);

/// `offset` as +hhmm is written: 530 is +05:30. Milliseconds since 1970 UTC. Throws D3133, D3134, D3130.
std::string format_date(double millis, const std::vector<DatePart>& parts, int offset);
/// With milliseconds and Z, as $now gives it.
std::string format_iso_date(double millis);

/// Milliseconds since 1970 UTC; none if the text does not match. What the picture leaves out on the left comes from
/// `now`. Throws D3133, D3136, D3130.
std::optional<double> read_date(std::string_view text, const std::vector<DatePart>& parts, double now, Meter& meter);
/// ISO 8601; a time without zone is UTC. None if it is no date.
std::optional<double> read_iso_date(std::string_view text);

}  // namespace stepd::jsonata
