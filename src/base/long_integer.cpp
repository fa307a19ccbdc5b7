#include "base/long_integer.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

namespace stepd {

Json json_number(double read, std::string_view digits) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto bare = digits.substr(digits.starts_with('-') ? 1 : 0);
  const bool integer = std::all_of(bare.begin(), bare.end(), is_digit) && !bare.starts_with('0');
  if (bare.empty() || !integer) return read;
  return Json::binary({digits.begin(), digits.end()});
}

bool is_long_integer(const Json& value) { return value.is_binary(); }

std::optional<double> as_double(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!is_long_integer(value)) return std::nullopt;
  const auto digits = long_integer_digits(value);
  double read = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), read).ec == std::errc{}) return read;
  return digits.starts_with('-') ? std::numeric_limits<double>::lowest() : std::numeric_limits<double>::max();
}

std::string long_integer_digits(const Json& value) {
  const auto& digits = value.get_binary();
  return {digits.begin(), digits.end()};
}

}  // namespace stepd
