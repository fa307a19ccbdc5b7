// Pictures of integers (XPath functions 3.1, 4.6 fn:format-integer): "#,##0", "w", "I", "Ww;o".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

struct IntegerPicture {
  enum class Form : std::uint8_t { Decimal, Letters, Roman, Words, Sequence };
  enum class Case : std::uint8_t { Lower, Upper, Title };
  struct Separator {
    int position;  // digits to the right of it
    char32_t character;
  };

  Form form = Form::Decimal;
  Case letter_case = Case::Lower;
  bool ordinal = false;
  char32_t zero = '0';
  int mandatory_digits = 0;
  int optional_digits = 0;
  bool regular = false;  // one separator, repeated
  std::vector<Separator> separators;
  std::string token;    // of a Sequence
  int parse_width = 0;  // digits to read; 0: as many as there are
};

/// Throws D3131.
IntegerPicture analyse_integer_picture(std::string_view picture);
/// `value` is whole. Throws D3130, and D1001 for a number that cannot be printed so.
std::string format_integer(double value, const IntegerPicture& picture);
/// The regular expression of what the picture reads. Throws D3130.
std::string integer_pattern(const IntegerPicture& picture);
/// NaN if the text cannot be read.
double read_integer(std::string_view text, const IntegerPicture& picture);

}  // namespace stepd::jsonata
