#include "engine/asl/jsonata/integer_picture.h"

#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/number_words.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace stepd::jsonata {

namespace {

using Form = IntegerPicture::Form;
using Case = IntegerPicture::Case;

/// The zeros of Unicode's groups of decimal digits in the basic plane.
constexpr auto kZeros = std::to_array<char32_t>(
    {0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
     0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
     0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10});

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kRomanMax = 1e6;  // a thousand letters

char32_t zero_of(char32_t c) {
  const auto found =
      std::find_if(kZeros.begin(), kZeros.end(), [&](char32_t zero) { return c >= zero && c <= zero + 9; });
  return found == kZeros.end() ? 0 : *found;
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

/// The distance of separators that stand at equal distances; 0 if they do not.
int regular_distance(const std::vector<IntegerPicture::Separator>& separators) {
  if (separators.empty()) return 0;
  int factor = separators[0].position;
  for (const auto& separator : separators) {
    if (separator.character != separators[0].character) return 0;
    factor = std::gcd(factor, separator.position);
  }
  for (int i = 1; i <= static_cast<int>(separators.size()); ++i) {
    if (std::none_of(separators.begin(), separators.end(), [&](const auto& s) { return s.position == i * factor; })) {
      return 0;
    }
  }
  return factor;
}

void analyse_digits(std::string_view text, IntegerPicture& picture) {
  const std::u32string characters = code_points(text);
  char32_t zero = 0;
  int position = 0;
  for (auto c = characters.rbegin(); c != characters.rend(); ++c) {
    if (const char32_t group = zero_of(*c)) {
      if (zero != 0 && group != zero) throw Failure("D3131");
      zero = group;
      ++picture.mandatory_digits;
      ++position;
    } else if (*c == '#') {
      ++picture.optional_digits;
      ++position;
    } else {
      picture.separators.push_back({position, *c});
    }
  }
  if (picture.mandatory_digits == 0) {
    picture.form = Form::Sequence;
    picture.token = text;
    return;
  }
  picture.zero = zero;
  if (const int distance = regular_distance(picture.separators)) {
    picture.regular = true;
    picture.separators = {{distance, picture.separators[0].character}};
  }
}

[[noreturn]] void fail_sequence(const IntegerPicture& picture) {
  std::string json;
  append_quoted(picture.token, json);
  throw Failure("D3130").with_value(std::move(json));
}

std::string format_roman(double value) {
  constexpr std::array<std::pair<int, std::string_view>, 13> kNumerals{{{1000, "m"},
                                                                        {900, "cm"},
                                                                        {500, "d"},
                                                                        {400, "cd"},
                                                                        {100, "c"},
                                                                        {90, "xc"},
                                                                        {50, "l"},
                                                                        {40, "xl"},
                                                                        {10, "x"},
                                                                        {9, "ix"},
                                                                        {5, "v"},
                                                                        {4, "iv"},
                                                                        {1, "i"}}};
  if (value > kRomanMax) throw Failure("D1001").with_value(js_number(value));
  std::string out;
  auto rest = static_cast<int>(value);
  for (const auto& [worth, letters] : kNumerals) {
    for (; rest >= worth; rest -= worth) out += letters;
  }
  return out;
}

std::string format_letters(double value, char first) {
  std::string out;
  for (; value > 0; value = std::floor((value - 1) / 26)) {
    out += static_cast<char>(first + static_cast<int>(std::fmod(value - 1, 26)));
  }
  return {out.rbegin(), out.rend()};
}

std::string_view ordinal_suffix(const std::u32string& digits) {
  const char32_t last = digits.back();
  const bool teen = digits.size() > 1 && digits[digits.size() - 2] == '1';
  if (teen) return "th";
  return last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
}

std::string format_decimal(double value, const IntegerPicture& picture) {
  std::u32string digits = code_points(js_number(value));
  const auto wanted = static_cast<std::size_t>(std::clamp(picture.mandatory_digits, 0, 10'000));
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), U'0');
  for (char32_t& digit : digits) digit += picture.zero - U'0';
  if (picture.regular) {
    const auto distance = static_cast<std::size_t>(picture.separators[0].position);
    for (std::size_t i = (digits.size() - 1) / distance; i > 0; --i) {
      digits.insert(digits.size() - i * distance - 0, 1, picture.separators[0].character);
      // Those that follow stand further right, so their distance from the end is what it was.
    }
  } else {
    for (auto separator = picture.separators.rbegin(); separator != picture.separators.rend(); ++separator) {
      const auto position = static_cast<std::size_t>(separator->position);
      if (position < digits.size()) digits.insert(digits.size() - position, 1, separator->character);
    }
  }
  std::string out;
  for (const char32_t c : digits) append_code_point(out, c);
  if (picture.ordinal) out += ordinal_suffix(digits);
  return out;
}

double read_roman(std::string_view text) {
  double total = 0;
  double largest = 1;
  for (auto c = text.rbegin(); c != text.rend(); ++c) {
    constexpr std::string_view kLetters = "MDCLXVI";
    constexpr std::array<double, 7> kWorth{1000, 500, 100, 50, 10, 5, 1};
    const auto at = kLetters.find(*c);
    if (at == std::string_view::npos) return kNotANumber;
    if (kWorth[at] < largest) {
      total -= kWorth[at];
    } else {
      largest = kWorth[at];
      total += kWorth[at];
    }
  }
  return total;
}

double read_letters(std::string_view text, char first) {
  double total = 0;
  for (const char c : text) total = total * 26 + (c - first + 1);
  return total;
}

/// As JavaScript's parseInt() reads decimal digits.
double read_digits(const std::u32string& text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (at == text.size() || text[at] < '0' || text[at] > '9') return kNotANumber;
  double value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) value = value * 10 + (text[at] - U'0');
  return negative ? -value : value;
}

double read_decimal(std::string_view text, const IntegerPicture& picture) {
  std::u32string digits = code_points(text);
  if (picture.ordinal) digits.resize(digits.size() - std::min<std::size_t>(2, digits.size()));
  std::erase_if(digits, [&](char32_t c) {
    if (picture.regular) return c == ',';
    return std::any_of(picture.separators.begin(), picture.separators.end(),
                       [&](const auto& s) { return s.character == c; });
  });
  for (char32_t& c : digits) c = c - picture.zero + U'0';
  return read_digits(digits);
}

}  // namespace

IntegerPicture analyse_integer_picture(std::string_view text) {
  IntegerPicture picture;
  const std::size_t semicolon = text.rfind(';');
  const auto primary = text.substr(0, semicolon);
  picture.ordinal = semicolon != std::string_view::npos && text.substr(semicolon + 1).starts_with('o');
  if (primary == "A" || primary == "I" || primary == "W") picture.letter_case = Case::Upper;
  if (primary == "Ww") picture.letter_case = Case::Title;
  if (primary == "A" || primary == "a") {
    picture.form = Form::Letters;
  } else if (primary == "I" || primary == "i") {
    picture.form = Form::Roman;
  } else if (primary == "W" || primary == "w" || primary == "Ww") {
    picture.form = Form::Words;
  } else {
    analyse_digits(primary, picture);
  }
  return picture;
}

std::string format_integer(double value, const IntegerPicture& picture) {
  if (!std::isfinite(value)) throw Failure("D1001").with_value("null");
  const bool upper = picture.letter_case == Case::Upper;
  const double size = std::abs(value);
  std::string out;
  switch (picture.form) {
    case Form::Letters:
      out = format_letters(size, upper ? 'A' : 'a');
      break;
    case Form::Roman:
      out = format_roman(size);
      if (upper) out = to_upper(out);
      break;
    case Form::Words:
      out = number_to_words(size, picture.ordinal);
      if (picture.letter_case != Case::Title) out = upper ? to_upper(out) : to_lower(out);
      break;
    case Form::Decimal:
      out = format_decimal(size, picture);
      break;
    case Form::Sequence:
      fail_sequence(picture);
  }
  return value < 0 ? "-" + out : out;
}

std::string integer_pattern(const IntegerPicture& picture) {
  const bool upper = picture.letter_case == Case::Upper;
  switch (picture.form) {
    case Form::Letters:
      return upper ? "[A-Z]+" : "[a-z]+";
    case Form::Roman:
      return upper ? "[MDCLXVI]+" : "[mdclxvi]+";
    case Form::Words:
      return word_pattern();
    case Form::Decimal:
      return "[0-9]" + (picture.parse_width > 0 ? "{" + std::to_string(picture.parse_width) + "}" : "+") +
             (picture.ordinal ? "(?:th|st|nd|rd)" : "");
    case Form::Sequence:
      break;
  }
  fail_sequence(picture);
}

double read_integer(std::string_view text, const IntegerPicture& picture) {
  const bool upper = picture.letter_case == Case::Upper;
  switch (picture.form) {
    case Form::Letters:
      return read_letters(text, upper ? 'A' : 'a');
    case Form::Roman:
      return read_roman(upper ? std::string(text) : to_upper(text));
    case Form::Words:
      return words_to_number(to_lower(text));
    case Form::Decimal:
      return read_decimal(text, picture);
    case Form::Sequence:
      break;
  }
  fail_sequence(picture);
}

}  // namespace stepd::jsonata
