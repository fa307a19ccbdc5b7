// $formatNumber: pictures of decimal numbers (XPath functions 3.1, 4.7 fn:format-number).
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/rounding.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

namespace stepd::jsonata::native {

namespace {

using Chars = std::u32string;
constexpr std::size_t kNone = Chars::npos;
constexpr int kFractionMax = 100;  // digits, as JavaScript's toFixed() has it

Chars to_chars32(std::string_view text) {
  Chars out;
  for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

std::string to_text(const Chars& chars) {
  std::string out;
  for (const char32_t c : chars) append_code_point(out, c);
  return out;
}

/// The characters that a picture is made of.
struct Symbols {
  Chars decimal = U".";
  Chars grouping = U",";
  Chars exponent = U"e";
  Chars minus = U"-";
  Chars percent = U"%";
  Chars per_mille = U"\u2030";
  Chars zero = U"0";
  Chars digit = U"#";
  Chars pattern = U";";

  explicit Symbols(const Item& options) {
    for_each_member(options, [&](std::string_view name, const Item& value) {
      Chars* symbol = name == "decimal-separator"    ? &decimal
                      : name == "grouping-separator" ? &grouping
                      : name == "exponent-separator" ? &exponent
                      : name == "minus-sign"         ? &minus
                      : name == "percent"            ? &percent
                      : name == "per-mille"          ? &per_mille
                      : name == "zero-digit"         ? &zero
                      : name == "digit"              ? &digit
                      : name == "pattern-separator"  ? &pattern
                                                     : nullptr;
      if (symbol != nullptr && value.is_string()) *symbol = to_chars32(value.text());
    });
    if (zero.empty()) zero = U"0";
  }

  bool is_digit(char32_t c) const { return c >= zero[0] && c < zero[0] + 10; }
  bool is_any_digit(char32_t c) const { return is_digit(c) || Chars(1, c) == digit; }
  bool is_active(char32_t c) const {
    const Chars one(1, c);
    return is_digit(c) || one == decimal || one == exponent || one == grouping || one == digit || one == pattern;
  }
  std::size_t count_digits(const Chars& part) const {
    return static_cast<std::size_t>(std::count_if(part.begin(), part.end(), [&](char32_t c) { return is_digit(c); }));
  }
};

struct SubPicture {
  Chars picture;
  Chars prefix;
  Chars suffix;
  Chars active;
  Chars mantissa;
  Chars integer;
  Chars fraction;
  bool has_exponent = false;
  Chars exponent;

  std::vector<std::size_t> integer_groups;
  std::vector<std::size_t> fraction_groups;
  std::size_t regular_group = 0;
  std::size_t integer_min = 0;
  std::size_t scaling = 0;
  std::size_t fraction_min = 0;
  std::size_t fraction_max = 0;
  std::size_t exponent_min = 0;
};

SubPicture split_parts(const Chars& picture, const Symbols& symbols) {
  SubPicture out;
  out.picture = picture;
  const auto bounds = [&](char32_t c) { return symbols.is_active(c) && Chars(1, c) != symbols.exponent; };
  const auto first = std::find_if(picture.begin(), picture.end(), bounds);
  if (first != picture.end()) out.prefix = Chars(picture.begin(), first);
  const auto last = std::find_if(picture.rbegin(), picture.rend(), bounds);
  if (last != picture.rend()) out.suffix = Chars(last.base(), picture.end());
  out.active = picture.substr(out.prefix.size(), picture.size() - out.suffix.size() - out.prefix.size());
  const std::size_t exponent = symbols.exponent.empty() ? kNone : picture.find(symbols.exponent, out.prefix.size());
  if (exponent == kNone || exponent > picture.size() - out.suffix.size()) {
    out.mantissa = out.active;
  } else {
    // jsonata-js counts from the beginning of the picture here, and so does its result.
    out.has_exponent = true;
    out.mantissa = out.active.substr(0, exponent);
    if (exponent + 1 <= out.active.size()) out.exponent = out.active.substr(exponent + 1);
  }
  const std::size_t decimal = symbols.decimal.empty() ? kNone : out.mantissa.find(symbols.decimal);
  out.integer = out.mantissa.substr(0, decimal);
  out.fraction = decimal == kNone ? out.suffix : out.mantissa.substr(decimal + 1);
  return out;
}

bool stands_twice(const Chars& text, const Chars& symbol) { return text.find(symbol) != text.rfind(symbol); }

void validate(const SubPicture& part, const Symbols& symbols) {
  const Chars& picture = part.picture;
  std::string_view error;
  const std::size_t decimal = picture.find(symbols.decimal);
  const bool percent = picture.find(symbols.percent) != kNone;
  const bool per_mille = picture.find(symbols.per_mille) != kNone;
  if (stands_twice(picture, symbols.decimal)) error = "D3081";
  if (stands_twice(picture, symbols.percent)) error = "D3082";
  if (stands_twice(picture, symbols.per_mille)) error = "D3083";
  if (percent && per_mille) error = "D3084";
  if (std::none_of(part.mantissa.begin(), part.mantissa.end(), [&](char32_t c) { return symbols.is_any_digit(c); })) {
    error = "D3085";
  }
  if (!std::all_of(part.active.begin(), part.active.end(), [&](char32_t c) { return symbols.is_active(c); }))
    error = "D3086";
  const auto is_grouping = [&](std::size_t at) {
    return at < picture.size() && Chars(1, picture[at]) == symbols.grouping;
  };
  if (decimal != kNone) {
    if ((decimal > 0 && is_grouping(decimal - 1)) || is_grouping(decimal + 1)) error = "D3087";
  } else if (!part.integer.empty() && Chars(1, part.integer.back()) == symbols.grouping) {
    error = "D3088";
  }
  if (picture.find(symbols.grouping + symbols.grouping) != kNone) error = "D3089";
  const std::size_t optional = part.integer.find(symbols.digit);
  if (optional != kNone && symbols.count_digits(part.integer.substr(0, optional)) > 0) error = "D3090";
  const std::size_t last_optional = part.fraction.rfind(symbols.digit);
  if (last_optional != kNone && symbols.count_digits(part.fraction.substr(last_optional)) > 0) error = "D3091";
  if (part.has_exponent && !part.exponent.empty() && (percent || per_mille)) error = "D3092";
  if (part.has_exponent && (part.exponent.empty() || symbols.count_digits(part.exponent) < part.exponent.size()))
    error = "D3093";
  if (!error.empty()) throw Failure(error);
}

std::vector<std::size_t> group_positions(const Chars& part, bool to_left, const Chars& integer,
                                         const Symbols& symbols) {
  std::vector<std::size_t> positions;
  std::size_t at = part.find(symbols.grouping);
  while (at != kNone && at <= part.size()) {
    const Chars side = to_left ? part.substr(0, at) : part.substr(at);
    positions.push_back(static_cast<std::size_t>(
        std::count_if(side.begin(), side.end(), [&](char32_t c) { return symbols.is_any_digit(c); })));
    at = (to_left ? part : integer).find(symbols.grouping, at + 1);
  }
  return positions;
}

std::size_t regular_distance_of(const std::vector<std::size_t>& positions) {
  if (positions.empty()) return 0;
  std::size_t factor = positions[0];
  for (const std::size_t position : positions) factor = std::gcd(factor, position);
  for (std::size_t i = 1; i <= positions.size(); ++i) {
    if (std::find(positions.begin(), positions.end(), i * factor) == positions.end()) return 0;
  }
  return factor;
}

void analyse(SubPicture& part, const Symbols& symbols) {
  part.integer_groups = group_positions(part.integer, false, part.integer, symbols);
  part.regular_group = regular_distance_of(part.integer_groups);
  part.fraction_groups = group_positions(part.fraction, true, part.integer, symbols);
  part.integer_min = part.scaling = symbols.count_digits(part.integer);
  part.fraction_min = symbols.count_digits(part.fraction);
  part.fraction_max = static_cast<std::size_t>(
      std::count_if(part.fraction.begin(), part.fraction.end(), [&](char32_t c) { return symbols.is_any_digit(c); }));
  if (part.integer_min == 0 && part.fraction_max == 0) {
    if (part.has_exponent) {
      part.fraction_min = part.fraction_max = 1;
    } else {
      part.integer_min = 1;
    }
  }
  if (part.has_exponent && part.integer_min == 0 && part.integer.find(symbols.digit) != kNone) part.integer_min = 1;
  if (part.integer_min == 0 && part.fraction_min == 0) part.fraction_min = 1;
  if (part.has_exponent) part.exponent_min = symbols.count_digits(part.exponent);
}

/// The digits of a number, in the picture's family, with a decimal point.
Chars fixed_digits(double value, std::size_t fraction, const Symbols& symbols) {
  std::array<char, 512> text;
  const double size = std::abs(value);
  if (size >= 1e21) return to_chars32(js_number(size));
  const int digits = std::min(static_cast<int>(std::min<std::size_t>(fraction, kFractionMax)), kFractionMax);
  const int length = std::snprintf(text.data(), text.size(), "%.*f", digits, size);
  Chars out;
  for (int i = 0; i < length; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    out += c == '.' ? U'.' : symbols.zero[0] + static_cast<char32_t>(c - '0');
  }
  return out;
}

void insert_groups(Chars& text, std::size_t point, const SubPicture& part, const Symbols& symbols) {
  if (part.regular_group > 0) {
    const std::size_t count = point == 0 ? 0 : (point - 1) / part.regular_group;
    for (std::size_t group = 1; group <= count; ++group)
      text.insert(point - group * part.regular_group, symbols.grouping);
    return;
  }
  for (const std::size_t position : part.integer_groups) {
    if (position > point) continue;
    text.insert(point - position, symbols.grouping);
    ++point;
  }
}

Chars format(double value, const SubPicture& part, const Chars& prefix, const Symbols& symbols) {
  double mantissa = value;
  if (part.picture.find(symbols.percent) != kNone) {
    mantissa = value * 100;
  } else if (part.picture.find(symbols.per_mille) != kNone) {
    mantissa = value * 1000;
  }
  int exponent = 0;
  if (part.exponent_min > 0 && mantissa != 0) {
    const double most = std::pow(10, static_cast<double>(part.scaling));
    const double least = std::pow(10, static_cast<double>(part.scaling) - 1);
    for (; std::abs(mantissa) < least && exponent > -400; --exponent) mantissa *= 10;
    for (; std::abs(mantissa) > most && exponent < 400; ++exponent) mantissa /= 10;
  }
  const int decimals = static_cast<int>(std::min<std::size_t>(part.fraction_max, kFractionMax));
  Chars text = fixed_digits(round_decimal(mantissa, decimals), part.fraction_max, symbols);
  const std::size_t dot = text.find(U'.');
  if (dot == kNone) {
    text += symbols.decimal;
  } else {
    text.replace(dot, 1, symbols.decimal);
  }
  text.erase(0, std::min(text.find_first_not_of(symbols.zero[0]), text.size()));
  text.erase(text.find_last_not_of(symbols.zero[0]) + 1);
  std::size_t point = text.find(symbols.decimal);
  if (point == kNone) point = text.size();
  if (part.integer_min > point) text.insert(0, part.integer_min - point, symbols.zero[0]);
  const std::size_t after = text.size() - text.find(symbols.decimal) - 1;
  if (part.fraction_min > after) text.append(part.fraction_min - after, symbols.zero[0]);
  insert_groups(text, text.find(symbols.decimal), part, symbols);
  point = text.find(symbols.decimal);
  for (const std::size_t position : part.fraction_groups) {
    if (position + point + 1 <= text.size()) text.insert(position + point + 1, symbols.grouping);
  }
  if (!text.empty() && (part.picture.find(symbols.decimal) == kNone || text.find(symbols.decimal) == text.size() - 1)) {
    text.pop_back();
  }
  if (part.exponent_min > 0) {
    Chars digits = fixed_digits(exponent, 0, symbols);
    if (digits.size() < part.exponent_min) digits.insert(0, part.exponent_min - digits.size(), symbols.zero[0]);
    text += symbols.exponent + (exponent < 0 ? symbols.minus : Chars()) + digits;
  }
  return prefix + text + part.suffix;
}

}  // namespace

Item format_number(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  const double value = call[0].number();
  if (!std::isfinite(value)) throw Failure("D1001").with_value("null");
  const Symbols symbols(call[2]);
  call.meter().check_string(call[1].text().size() * 8);
  call.meter().step(call[1].text().size());
  const Chars picture = to_chars32(call[1].text());
  std::vector<SubPicture> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = symbols.pattern.empty() ? kNone : picture.find(symbols.pattern, begin);
    parts.push_back(split_parts(picture.substr(begin, end == kNone ? kNone : end - begin), symbols));
    if (end == kNone) break;
    begin = end + symbols.pattern.size();
  }
  if (parts.size() > 2) throw Failure("D3080");
  for (const SubPicture& part : parts) validate(part, symbols);
  for (SubPicture& part : parts) analyse(part, symbols);
  const bool negative = !(value >= 0);
  const SubPicture& part = negative ? parts.back() : parts.front();
  const bool signs = negative && parts.size() == 1;
  return Item::string(to_text(format(value, part, signs ? symbols.minus + part.prefix : part.prefix, symbols)),
                      call.meter());
}

}  // namespace stepd::jsonata::native
