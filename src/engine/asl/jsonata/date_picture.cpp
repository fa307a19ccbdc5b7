#include "engine/asl/jsonata/date_picture.h"

#include "engine/asl/jsonata/calendar.h"
#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stepd::jsonata {

namespace {

using Case = IntegerPicture::Case;

constexpr std::string_view kIntegers = "YMDdFWwXxHhmsf";
constexpr int kWidthMax = 1'000;

std::string_view default_presentation(char component) {
  switch (component) {
    case 'F':
    case 'P':
    case 'C':
    case 'E':
      return "n";
    case 'm':
    case 's':
      return "01";
    case 'Z':
    case 'z':
      return "01:01";
    default:
      return kIntegers.find(component) == std::string_view::npos ? std::string_view() : "1";
  }
}

std::string json_of(std::string_view text) {
  std::string json;
  append_quoted(text, json);
  return json;
}

std::optional<int> read_width(std::string_view text) {
  int width = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), width).ec != std::errc{}) return std::nullopt;
  return std::clamp(width, 0, kWidthMax);
}

void add_literal(std::string_view text, std::vector<DatePart>& parts) {
  if (text.empty()) return;
  DatePart part;
  for (std::size_t at = 0; at < text.size(); ++at) {
    part.literal += text[at];
    if (text[at] == ']' && at + 1 < text.size() && text[at + 1] == ']') ++at;
  }
  parts.push_back(std::move(part));
}

DatePart analyse_marker(std::string_view text, std::vector<DatePart>& before) {
  std::string marker;
  std::copy_if(text.begin(), text.end(), std::back_inserter(marker),
               [](char c) { return c != ' ' && !(c >= '\t' && c <= '\r'); });
  DatePart part;
  part.component = marker.empty() ? '\0' : marker[0];
  std::optional<int> width_min;
  std::string presentation(marker.empty() ? "" : marker.substr(1));
  const std::size_t comma = marker.rfind(',');
  if (comma != std::string::npos) {
    const std::string_view width = std::string_view(marker).substr(comma + 1);
    const std::size_t dash = width.find('-');
    width_min = read_width(width.substr(0, dash));
    if (dash != std::string_view::npos) part.width_max = read_width(width.substr(dash + 1));
    presentation = comma > 1 ? marker.substr(1, comma - 1) : std::string();
  }
  char second = 0;
  if (presentation.empty()) {
    presentation = default_presentation(part.component);
    if (presentation.empty()) {
      std::size_t end = 0;
      if (!marker.empty()) next_code_point(marker, end);
      throw Failure("D3132").with_value(json_of(std::string_view(marker).substr(0, end)));
    }
  } else if (presentation.size() > 1 && std::string_view("atco").find(presentation.back()) != std::string_view::npos) {
    second = presentation.back();
    presentation.pop_back();
  }
  part.zulu = second == 't';
  if (presentation[0] == 'n' || presentation[0] == 'N') {
    part.has_names = true;
    part.names = presentation[0] == 'n' ? Case::Lower : presentation.substr(1, 1) == "n" ? Case::Title : Case::Upper;
  } else if (kIntegers.find(part.component) != std::string_view::npos) {
    part.integer = analyse_integer_picture(second == 0 ? presentation : presentation + ";" + second);
    IntegerPicture& integer = *part.integer;
    if (width_min) integer.mandatory_digits = std::max(integer.mandatory_digits, *width_min);
    if (part.component == 'Y') {
      if (part.width_max) {
        part.year_digits = integer.mandatory_digits = *part.width_max;
      } else if (integer.mandatory_digits + integer.optional_digits >= 2) {
        part.year_digits = integer.mandatory_digits + integer.optional_digits;
      }
    }
    // Two numbers that touch: the first has to have a fixed width when it is read.
    if (!before.empty() && before.back().integer) {
      before.back().integer->parse_width = before.back().integer->mandatory_digits;
    }
  }
  if (part.component == 'Z' || part.component == 'z') part.integer = analyse_integer_picture(presentation);
  return part;
}

std::string change_case(std::string_view text, Case letter_case) {
  return letter_case == Case::Upper ? to_upper(text) : letter_case == Case::Lower ? to_lower(text) : std::string(text);
}

std::string format_zone(const DatePart& part, int hours, int minutes) {
  const int offset = hours * 100 + minutes;
  const IntegerPicture& picture = *part.integer;
  std::string out;
  if (picture.regular || picture.mandatory_digits == 3 || picture.mandatory_digits == 4) {
    out = format_integer(offset, picture);
  } else if (picture.mandatory_digits == 1 || picture.mandatory_digits == 2) {
    out = format_integer(hours, picture);
    if (minutes != 0) out += ":" + format_integer(minutes, analyse_integer_picture("00"));
  } else {
    throw Failure("D3134").with_value(std::to_string(picture.mandatory_digits));
  }
  if (offset >= 0) out.insert(0, "+");
  if (part.component == 'z') out.insert(0, "GMT");
  return offset == 0 && part.zulu ? "Z" : out;
}

std::string format_part(const CivilTime& time, const DatePart& part, int hours, int minutes) {
  switch (part.component) {
    case 'Z':
    case 'z':
      return format_zone(part, hours, minutes);
    case 'P':
      return change_case(time.hour >= 12 ? "pm" : "am", part.names == Case::Upper ? Case::Upper : Case::Lower);
    case 'C':
    case 'E':
      return "ISO";
    default:
      break;
  }
  if (kIntegers.find(part.component) == std::string_view::npos) return "";
  std::int64_t value = component_of(time, part.component);
  if (!part.has_names) {
    if (part.year_digits >= 0 && part.year_digits < 18) {
      value %= static_cast<std::int64_t>(std::pow(10, part.year_digits));
    }
    return part.integer ? format_integer(static_cast<double>(value), *part.integer) : std::to_string(value);
  }
  if (part.component != 'M' && part.component != 'x' && part.component != 'F') {
    throw Failure("D3133").with_value(json_of({&part.component, 1}));
  }
  std::string name = change_case(
      part.component == 'F' ? day_name(static_cast<int>(value)) : month_name(static_cast<int>(value)), part.names);
  if (part.width_max) name.resize(std::min(name.size(), static_cast<std::size_t>(*part.width_max)));
  return name;
}

}  // namespace

std::vector<DatePart> analyse_date_picture(std::string_view picture) {
  std::vector<DatePart> parts;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < picture.size()) {
    if (picture[at] != '[') {
      ++at;
      continue;
    }
    add_literal(picture.substr(begin, at - begin), parts);
    if (at + 1 < picture.size() && picture[at + 1] == '[') {
      DatePart bracket;
      bracket.literal = "[";
      parts.push_back(std::move(bracket));
      begin = at += 2;
      continue;
    }
    const std::size_t end = picture.find(']', at);
    if (end == std::string_view::npos) throw Failure("D3135");
    DatePart part = analyse_marker(picture.substr(at + 1, end - at - 1), parts);
    parts.push_back(std::move(part));
    begin = at = end + 1;
  }
  add_literal(picture.substr(begin), parts);
  return parts;
}

std::string format_date(double millis, const std::vector<DatePart>& parts, int offset) {
  const int hours = static_cast<int>(std::floor(offset / 100.0));
  const int minutes = offset % 100;
  const CivilTime time = civil_time(millis + (60.0 * hours + minutes) * 60'000);
  std::string out;
  for (const DatePart& part : parts)
    out += part.component == 0 ? part.literal : format_part(time, part, hours, minutes);
  return out;
}

std::string format_iso_date(double millis) {
  static const std::vector<DatePart> kParts =
      analyse_date_picture("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]");
  return format_date(millis, kParts, 0);
}

}  // namespace stepd::jsonata
