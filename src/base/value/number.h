// The text of JSON numbers: grammar, printing and exact comparison.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stepd {

/// The maximum length of a number's text in characters. It is that of Jackson, which AWS uses.
inline constexpr std::size_t kNumberChars = 1'000;
/// Room for what write_double() and an integer of 64 bits take.
inline constexpr std::size_t kDoubleBytes = 32;

struct NumberScan {
  const char* end = nullptr;  ///< after the number, or the character that cannot be part of it
  bool whole = true;          ///< no fraction and no exponent
  bool exponent = false;
  const char* expected = nullptr;  ///< what should stand at `end`; null: the number is well-formed
};

/// Scans the longest number in the grammar of RFC 8259 that begins at `at`.
NumberScan scan_number(const char* at, const char* end);

/// Whether the well-formed `text` is too large for a double.
bool overflows(std::string_view text, bool exponent);
/// The double nearest to the well-formed `text`: 0 if it is too small, an infinity if it is too large.
double read_double(std::string_view text);

std::uint32_t integer_digits(std::int64_t value);  ///< with its sign
/// Writes the fewest digits that read as the finite `value`, with ".0" where it is whole and an exponent from 1e15 on
/// and below 1e-4. Answers the length, at most kDoubleBytes.
std::uint32_t write_double(char* out, double value);

/// The exact value of a number: digits without zeros at either end, times a power of ten. It refers to the text that it
/// was made from.
class DecimalValue {
 public:
  /// `text` is well-formed.
  explicit DecimalValue(std::string_view text);

  std::uint64_t hash() const;
  friend bool operator==(const DecimalValue& a, const DecimalValue& b);

 private:
  bool negative_ = false;
  std::int64_t exponent_ = 0;  // of the last digit; 0 if there is no digit
  std::string_view digits_;    // a point may stand between them
};

}  // namespace stepd
