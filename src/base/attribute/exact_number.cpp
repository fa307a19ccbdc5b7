#include "base/attribute/exact_number.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>

namespace stepd {
namespace {

constexpr std::int64_t kApartMax = 1'000;
constexpr std::int64_t kZerosMax = 200;
constexpr std::size_t kJsonPlainMax = 40;

/// "+12" and "-3" included. None if `text` is no integer, or one beyond 64 bits.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return std::clamp(value, -ExactNumber::kExponentMax, ExactNumber::kExponentMax);
}

bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

ExactNumber::ExactNumber(std::int64_t value) : negative_(value < 0), digits_(std::to_string(value)) {
  if (negative_) digits_.erase(0, 1);
  trim();
}

std::optional<ExactNumber> ExactNumber::parse(std::string_view text) {
  ExactNumber made;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) made.negative_ = text[at++] == '-';
  bool in_fraction = false;
  bool has_digits = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !in_fraction) {
      in_fraction = true;
      continue;
    }
    if (!is_decimal_digit(text[at])) break;
    has_digits = true;
    made.digits_ += text[at];
    if (in_fraction) --made.exponent_;
  }
  if (!has_digits) return std::nullopt;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    const auto exponent = parse_exponent(text.substr(at + 1));
    if (!exponent) return std::nullopt;
    made.exponent_ += *exponent;
  }
  made.trim();
  return made;
}

void ExactNumber::trim() {
  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
  const auto last = digits_.find_last_not_of('0');
  if (last == std::string::npos) {
    *this = {};
    return;
  }
  exponent_ += static_cast<std::int64_t>(digits_.size() - last - 1);
  digits_.resize(last + 1);
}

std::int64_t ExactNumber::magnitude() const {
  return is_zero() ? 0 : exponent_ + static_cast<std::int64_t>(digits_.size()) - 1;
}

std::string ExactNumber::plain_text() const {
  if (is_zero()) return "0";
  std::string text = negative_ ? "-" : "";
  const auto first = magnitude();
  if (exponent_ >= 0) return text + digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
  if (first < 0) return text + "0." + std::string(static_cast<std::size_t>(-first - 1), '0') + digits_;
  const auto whole = static_cast<std::size_t>(first + 1);
  return text + digits_.substr(0, whole) + "." + digits_.substr(whole);
}

std::string ExactNumber::scientific_text() const {
  std::string text = negative_ ? "-" : "";
  text += digits_.front();
  if (digits_.size() > 1) text += "." + digits_.substr(1);
  return text + "e" + std::to_string(magnitude());
}

std::string ExactNumber::text() const {
  if (exponent_ > kZerosMax || magnitude() < -kZerosMax) return scientific_text();
  return plain_text();
}

std::string ExactNumber::json_text() const {
  const auto zeros = exponent_ > 0 ? exponent_ : std::max<std::int64_t>(-magnitude(), 0);
  if (zeros + static_cast<std::int64_t>(digits_.size()) > static_cast<std::int64_t>(kJsonPlainMax) &&
      zeros > static_cast<std::int64_t>(kJsonPlainMax) / 2) {
    return scientific_text();
  }
  return plain_text();
}

std::optional<std::int64_t> ExactNumber::integer() const {
  if (exponent_ < 0 || magnitude() > 19) return std::nullopt;
  const auto text = plain_text();
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::strong_ordering operator<=>(const ExactNumber& a, const ExactNumber& b) {
  const auto sign = [](const ExactNumber& number) { return number.is_zero() ? 0 : number.negative_ ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) <=> sign(b);
  const auto& low = a.negative_ ? b : a;
  const auto& high = a.negative_ ? a : b;
  if (low.magnitude() != high.magnitude()) return low.magnitude() <=> high.magnitude();
  return low.digits_.compare(high.digits_) <=> 0;
}

ExactNumber ExactNumber::negated() const {
  ExactNumber made = *this;
  made.negative_ = !is_zero() && !negative_;
  return made;
}

std::optional<ExactNumber> sum(const ExactNumber& a, const ExactNumber& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const auto exponent = std::min(a.exponent_, b.exponent_);
  if (std::max(a.magnitude(), b.magnitude()) - exponent > kApartMax) return std::nullopt;
  const auto scaled = [&](const ExactNumber& number) {
    return boost::multiprecision::cpp_int((number.negative_ ? "-" : "") + number.digits_ +
                                          std::string(static_cast<std::size_t>(number.exponent_ - exponent), '0'));
  };
  const boost::multiprecision::cpp_int total = scaled(a) + scaled(b);
  ExactNumber made;
  made.digits_ = total.str();
  made.negative_ = made.digits_.starts_with('-');
  if (made.negative_) made.digits_.erase(0, 1);
  made.exponent_ = exponent;
  made.trim();
  return made;
}

}  // namespace stepd
