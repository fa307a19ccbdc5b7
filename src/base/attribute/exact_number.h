// ExactNumber: a decimal number with all its digits, as attributes of items hold it (DynamoDB's N). Equal numbers have
// one representation: 1.50e1, 15.0 and 15 are the digits "15" and the exponent 0.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

class ExactNumber {
 public:
  /// 0.
  ExactNumber() = default;
  explicit ExactNumber(std::int64_t value);

  /// A sign, digits with at most one dot among them, and an exponent, of which sign, dot and exponent are optional:
  /// DynamoDB's grammar, which includes JSON's. None for other text and for exponents beyond 64 bits. Exponents beyond
  /// kExponentMax are cut to it.
  static std::optional<ExactNumber> parse(std::string_view text);
  static constexpr std::int64_t kExponentMax = 1'000'000'000;

  bool is_zero() const { return digits_.empty(); }
  bool is_negative() const { return negative_; }
  /// Without zeros at either end; empty for 0.
  const std::string& digits() const { return digits_; }
  /// The power of ten of the first digit: 0 for 1 and for 9.5, 1 for 10, -1 for 0.1; 0 for 0.
  std::int64_t magnitude() const;
  /// The power of ten of the last digit.
  std::int64_t exponent() const { return exponent_; }

  /// Decimal digits without an exponent, as DynamoDB shows numbers; beyond 200 zeros, with an exponent.
  std::string text() const;
  /// A JSON number: as text() up to 40 characters, else with an exponent.
  std::string json_text() const;
  /// If it is whole and fits.
  std::optional<std::int64_t> integer() const;

  friend bool operator==(const ExactNumber&, const ExactNumber&) = default;
  friend std::strong_ordering operator<=>(const ExactNumber& a, const ExactNumber& b);

  /// Exact. None if the exponents lie more than 1,000 apart.
  friend std::optional<ExactNumber> sum(const ExactNumber& a, const ExactNumber& b);
  ExactNumber negated() const;

 private:
  std::string plain_text() const;
  std::string scientific_text() const;
  void trim();

  bool negative_ = false;
  std::string digits_;
  std::int64_t exponent_ = 0;
};

std::optional<ExactNumber> sum(const ExactNumber& a, const ExactNumber& b);

}  // namespace stepd
