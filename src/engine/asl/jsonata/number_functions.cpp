// Functions of numbers.
#include "base/value/number.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/rounding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace stepd::jsonata {

namespace {

/// The number whose decimal text is moved by so many digits.
double shift_decimal(double value, int digits) {
  const std::string text = js_number(value);
  const std::size_t mark = text.find('e');
  int exponent = 0;
  if (mark != std::string::npos) {
    const char* const begin = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
    std::from_chars(begin, text.data() + text.size(), exponent);
  }
  return read_double(text.substr(0, mark) + "e" + std::to_string(exponent + digits));
}

double round_half_even(double value) {
  double result = std::floor(value);
  if (value - result >= 0.5) ++result;
  if (std::abs(result - value) == 0.5 && std::abs(std::fmod(result, 2)) == 1) --result;
  return result;
}

bool is_decimal(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digits = [&] {
    const char* const begin = at;
    while (at != end && *at >= '0' && *at <= '9') ++at;
    return at != begin;
  };
  if (at != end && *at == '-') ++at;
  if (!digits()) return false;
  if (at != end && *at == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return false;
  }
  return at == end;
}

/// A number with the prefix 0x, 0o or 0b; NaN if it is none.
double read_prefixed(std::string_view text) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (text.size() < 3 || text[0] != '0') return kNone;
  const char kind = static_cast<char>(text[1] | 0x20);
  const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
  if (base == 0) return kNone;
  double value = 0;
  for (const char c : text.substr(2)) {
    const int digit = c >= '0' && c <= '9'                     ? c - '0'
                      : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                               : 99;
    if (digit >= base) return kNone;
    value = value * base + digit;
  }
  return value;
}

double total_of(const Call& call) {
  double total = 0;
  call.meter().step(call[0].size());
  if (call[0].is_json()) {
    for (const Value& value : call[0].json().items()) total += value.number();
  } else {
    for (const Item& item : call[0].list().items) total += item.number();
  }
  return total;
}

}  // namespace

double round_decimal(double value, int digits) {
  if (!std::isfinite(value)) return value;
  if (digits != 0) value = shift_decimal(value, digits);
  double result = round_half_even(value);
  if (digits != 0 && std::isfinite(result)) result = shift_decimal(result, -digits);
  return result == 0 ? 0 : result;
}

namespace native {

Item sum(const Call& call) { return call.lacks(0) ? Item() : Item::number(total_of(call)); }

Item count(const Call& call) { return Item::number(static_cast<double>(call[0].size())); }

Item max(const Call& call) {
  if (call.lacks(0) || call[0].size() == 0) return {};
  double best = -std::numeric_limits<double>::infinity();
  call.meter().step(call[0].size());
  for_each(call[0], [&](const Item& item) { best = std::max(best, item.number()); });
  return Item::number(best);
}

Item min(const Call& call) {
  if (call.lacks(0) || call[0].size() == 0) return {};
  double best = std::numeric_limits<double>::infinity();
  call.meter().step(call[0].size());
  for_each(call[0], [&](const Item& item) { best = std::min(best, item.number()); });
  return Item::number(best);
}

Item average(const Call& call) {
  if (call.lacks(0) || call[0].size() == 0) return {};
  return Item::number(total_of(call) / static_cast<double>(call[0].size()));
}

Item number(const Call& call) {
  const Item& item = call[0];
  if (item.is_undefined() || item.is_number()) return item;
  if (item.is_bool()) return Item::number(item.boolean() ? 1 : 0);
  if (item.is_string()) {
    const double value = is_decimal(item.text()) ? read_double(item.text()) : read_prefixed(item.text());
    if (std::isfinite(value)) return Item::number(value);
  }
  throw Failure("D3030").with_value(json_for_error(item)).with_index(1);
}

Item floor(const Call& call) { return call.lacks(0) ? Item() : Item::number(std::floor(call[0].number())); }

Item ceil(const Call& call) { return call.lacks(0) ? Item() : Item::number(std::ceil(call[0].number())); }

Item abs(const Call& call) { return call.lacks(0) ? Item() : Item::number(std::abs(call[0].number())); }

Item round(const Call& call) {
  if (call.lacks(0)) return {};
  const double digits = std::clamp(std::trunc(call[1].number()), -400.0, 400.0);
  return Item::number(round_decimal(call[0].number(), static_cast<int>(digits)));
}

Item sqrt(const Call& call) {
  if (call.lacks(0)) return {};
  if (call[0].number() < 0) throw Failure("D3060").with_value(json_for_error(call[0])).with_index(1);
  return Item::number(std::sqrt(call[0].number()));
}

Item power(const Call& call) {
  if (call.lacks(0)) return {};
  const double exponent = call.lacks(1) ? std::numeric_limits<double>::quiet_NaN() : call[1].number();
  const double result = std::pow(call[0].number(), exponent);
  if (std::isfinite(result)) return Item::number(result);
  Failure failure("D3061");
  failure.value_json = json_for_error(call[0]);
  failure.exponent_json = json_for_error(call[1]);
  throw failure;
}

Item random(const Call& call) { return Item::number(static_cast<double>(call.evaluator.draw() >> 11) * 0x1.0p-53); }

Item format_base(const Call& call) {
  if (call.lacks(0)) return {};
  double value = round_decimal(call[0].number(), 0);
  const double radix = call.lacks(1) ? 10 : round_decimal(call[1].number(), 0);
  if (!(radix >= 2 && radix <= 36)) throw Failure("D3100").with_value(js_number(radix));
  if (radix == 10 || !std::isfinite(value)) return Item::string(js_number(value), call.meter());
  std::string digits;
  const bool negative = value < 0;
  value = std::abs(value);
  while (value >= 0x1.0p53) {  // digits that a double does not have
    value /= radix;
    digits += '0';
  }
  value = std::floor(value);
  do {
    const double digit = std::fmod(value, radix);
    digits += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<std::size_t>(digit)];
    value = (value - digit) / radix;
  } while (value > 0);
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return Item::string(std::move(digits), call.meter());
}

}  // namespace native
}  // namespace stepd::jsonata
