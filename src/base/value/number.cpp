#include "base/value/number.h"

#include "base/value/text_hash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace stepd {
namespace {

/// Exponents beyond this are cut to it: no number of kNumberChars digits gets back from there.
constexpr std::int64_t kExponentMax = 1'000'000'000;
/// A number of fewer characters without an exponent cannot overflow a double.
constexpr std::size_t kSafeDigits = 308;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_significant(char byte) { return byte >= '1' && byte <= '9'; }
const char* skip_digits(const char* at, const char* end) { return std::find_if_not(at, end, is_digit); }

std::int64_t read_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t exponent = 0;
  for (const char digit : text) exponent = std::min(kExponentMax, exponent * 10 + (digit - '0'));
  return negative ? -exponent : exponent;
}

/// The power of ten of the first significant digit: 0 for 5, 2 for 500, -1 for 0.5.
std::int64_t magnitude_of(std::string_view text) {
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto first = std::find_if(mantissa.begin(), mantissa.end(), is_significant) - mantissa.begin();
  const auto point = static_cast<std::ptrdiff_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto exponent = mantissa.size() == text.size() ? 0 : read_exponent(text.substr(mantissa.size() + 1));
  return exponent + (first < point ? point - first - 1 : point - first);
}

struct Digits {
  std::array<char, kDoubleBytes> bytes;
  int size;
  int point;  // the decimal point stands after so many of them; may be negative
};

/// The shortest digits of a finite value that is not negative.
Digits shortest_digits(double value) {
  Digits digits{};
  std::array<char, kDoubleBytes> text;
  const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific).ptr;
  const auto mark = std::find(text.begin(), end, 'e');
  const auto copied = std::remove_copy(text.begin(), mark, digits.bytes.begin(), '.');
  digits.size = static_cast<int>(copied - digits.bytes.begin());
  digits.point = static_cast<int>(read_exponent({mark + 1, end})) + 1;
  return digits;
}

char* write_exponent(char* out, int exponent) {
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  if (std::abs(exponent) < 10) *out++ = '0';
  return std::to_chars(out, out + 4, std::abs(exponent)).ptr;
}

/// A number of few digits without an exponent, which is one exact division; otherwise false.
bool read_short_double(std::string_view text, double& value) {
  // An integer of 15 digits and these powers of ten are exact as doubles, so the division rounds once.
  constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (text.empty() || text.size() > 15) return false;
  const bool negative = text.front() == '-';
  std::uint64_t digits = 0;
  std::size_t point = text.size() - 1;
  for (std::size_t i = negative ? 1 : 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned char>(text[i] - '0');
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.') {
      point = i;
    } else {
      return false;
    }
  }
  const double magnitude = static_cast<double>(digits) / kPowers[text.size() - 1 - point];
  value = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace

NumberScan scan_number(const char* at, const char* end) {
  NumberScan scan;
  const auto expect = [&](const char* where, const char* what) {
    scan.end = where;
    scan.expected = what;
    return scan;
  };
  if (at != end && *at == '-') ++at;
  if (at == end || !is_digit(*at)) return expect(at, "expected digit after '-'");
  at = *at == '0' ? at + 1 : skip_digits(at, end);
  if (at != end && *at == '.') {
    scan.whole = false;
    const char* const fraction = at + 1;
    at = skip_digits(fraction, end);
    if (at == fraction) return expect(at, "expected digit after '.'");
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    scan.whole = false;
    scan.exponent = true;
    ++at;
    const bool sign = at != end && (*at == '+' || *at == '-');
    const char* const power = at + (sign ? 1 : 0);
    at = skip_digits(power, end);
    if (at == power) {
      return expect(at, sign ? "expected digit after exponent sign" : "expected '+', '-', or digit after exponent");
    }
  }
  scan.end = at;
  return scan;
}

bool overflows(std::string_view text, bool exponent) {
  return (exponent || text.size() > kSafeDigits) && std::isinf(read_double(text));
}

double read_double(std::string_view text) {
  double value = 0;
  if (read_short_double(text, value)) return value;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  const double edge = magnitude_of(text) < 0 ? 0 : std::numeric_limits<double>::infinity();
  return text.starts_with('-') ? -edge : edge;
}

std::uint32_t integer_digits(std::int64_t value) {
  std::uint32_t digits = value < 0 ? 2 : 1;
  auto rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  for (; rest >= 10; rest /= 10) ++digits;
  return digits;
}

std::uint32_t write_double(char* out, double value) {
  constexpr int kPlainMax = 15;  // digits before the point, as nlohmann's printer has it
  constexpr int kZerosMax = 3;   // zeros after the point
  const char* const begin = out;
  if (std::signbit(value)) *out++ = '-';
  const Digits digits = shortest_digits(std::fabs(value));
  const auto put = [&](int from, int to) { out = std::copy(&digits.bytes[0] + from, &digits.bytes[0] + to, out); };
  const auto zeros = [&](int count) { out = std::fill_n(out, count, '0'); };
  if (digits.size <= digits.point && digits.point <= kPlainMax) {
    put(0, digits.size);
    zeros(digits.point - digits.size);
    *out++ = '.';
    *out++ = '0';
  } else if (digits.point > 0 && digits.point <= kPlainMax) {
    put(0, digits.point);
    *out++ = '.';
    put(digits.point, digits.size);
  } else if (digits.point <= 0 && digits.point >= -kZerosMax) {
    *out++ = '0';
    *out++ = '.';
    zeros(-digits.point);
    put(0, digits.size);
  } else {
    put(0, 1);
    if (digits.size > 1) *out++ = '.';
    put(1, digits.size);
    out = write_exponent(out, digits.point - 1);
  }
  return static_cast<std::uint32_t>(out - begin);
}

DecimalValue::DecimalValue(std::string_view text) {
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto first =
      static_cast<std::size_t>(std::find_if(mantissa.begin(), mantissa.end(), is_significant) - mantissa.begin());
  if (first == mantissa.size()) return;
  const auto last = mantissa.find_last_of("123456789");
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  negative_ = text.starts_with('-');
  digits_ = mantissa.substr(first, last - first + 1);
  if (mantissa.size() != text.size()) exponent_ = read_exponent(text.substr(mantissa.size() + 1));
  exponent_ += last < point ? static_cast<std::int64_t>(point - last) - 1 : -static_cast<std::int64_t>(last - point);
}

std::uint64_t DecimalValue::hash() const {
  std::string digits;
  std::remove_copy(digits_.begin(), digits_.end(), std::back_inserter(digits), '.');
  return mix_hashes(hash_text(digits), static_cast<std::uint64_t>(exponent_) * 2 + (negative_ ? 1 : 0));
}

bool operator==(const DecimalValue& a, const DecimalValue& b) {
  if (a.negative_ != b.negative_ || a.exponent_ != b.exponent_) return false;
  auto left = a.digits_.begin();
  auto right = b.digits_.begin();
  while (left != a.digits_.end() && right != b.digits_.end()) {
    if (*left == '.') {
      ++left;
    } else if (*right == '.') {
      ++right;
    } else if (*left++ != *right++) {
      return false;
    }
  }
  return left == a.digits_.end() && right == b.digits_.end();
}

}  // namespace stepd
