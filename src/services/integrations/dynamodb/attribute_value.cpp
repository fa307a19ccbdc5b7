#include "services/integrations/dynamodb/attribute_value.h"

#include "base/long_integer.h"
#include "base/payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::services::dynamodb {
namespace {

constexpr std::array<std::string_view, 4> kMarked{"B", "SS", "NS", "BS"};
constexpr std::string_view kMap = "$M";

AslError invalid(const std::string& cause) { return {"", cause}; }

// ---- numbers --------------------------------------------------------------------------------------------------------

/// A decimal number without what does not count: 1.50e1, 15.0 and 15 are all "15" and 0.
struct Decimal {
  bool negative = false;
  std::string digits;  ///< none for zero
  long exponent = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal made;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) made.negative = text[at++] == '-';
  bool is_fraction = false;
  bool has_digits = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !is_fraction) {
      is_fraction = true;
    } else if (c >= '0' && c <= '9') {
      has_digits = true;
      if (c != '0' || !made.digits.empty()) made.digits += c;
      if (is_fraction) --made.exponent;
    } else {
      break;
    }
  }
  if (!has_digits) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    int exponent = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (read.ec != std::errc() || std::abs(exponent) > 1000) return std::nullopt;
    at = static_cast<std::size_t>(read.ptr - text.data());
    made.exponent += exponent;
  }
  if (at != text.size()) return std::nullopt;
  while (made.digits.ends_with('0')) {
    made.digits.pop_back();
    ++made.exponent;
  }
  if (made.digits.empty()) return Decimal{};
  return made;
}

/// The whole number, if it is one that fits.
std::optional<Json> whole(const Decimal& decimal) {
  if (decimal.digits.empty()) return Json(0);
  if (decimal.exponent < 0 || decimal.exponent > 19) return std::nullopt;
  const auto text =
      (decimal.negative ? "-" : "") + decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent), '0');
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return Json(number);
}

Result<Json> parse_number(const Json& given) {
  const bool is_number = given.is_number() || is_long_integer(given);
  const auto text = given.is_string() ? given.get<std::string>() : is_number ? print_json(given) : "";
  const auto decimal = parse_decimal(text);
  if (!decimal) return invalid("The parameter cannot be converted to a numeric value: " + text);
  if (auto number = whole(*decimal)) return *std::move(number);
  double number = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  std::from_chars(begin, text.data() + text.size(), number);
  Json made(number);
  if (parse_decimal(print_json(made)) != decimal)
    return invalid("The number " + text + " has more digits than a number is stored with here");
  return made;
}

std::string print_number(const Json& number) {
  const auto text = print_json(number);
  const auto decimal = parse_decimal(text);
  if (!decimal || decimal->exponent < 0 || decimal->exponent > 40) return text;
  if (decimal->digits.empty()) return "0";
  return (decimal->negative ? "-" : "") + decimal->digits +
         std::string(static_cast<std::size_t>(decimal->exponent), '0');
}

// ---- sets and bytes -------------------------------------------------------------------------------------------------

/// The one member of a marked object; null if it is an ordinary one.
const Json* marked(const Json& value, std::string_view* type) {
  if (!value.is_object() || value.size() != 1 || !value.begin().key().starts_with('$')) return nullptr;
  const std::string_view name = value.begin().key();
  if (name == kMap) {
    *type = "M";
    return &*value.begin();
  }
  const auto found = std::find(kMarked.begin(), kMarked.end(), name.substr(1));
  if (found == kMarked.end()) return nullptr;
  *type = *found;
  return &*value.begin();
}

Json mark(std::string_view type, Json value) {
  Json made = Json::object();
  made["$" + std::string(type)] = std::move(value);
  return made;
}

Result<Json> parse_set(const std::string& type, const Json& given) {
  if (!given.is_array() || given.empty())
    return invalid("One or more parameter values were invalid: An " + type + " set may not be empty");
  Json elements = Json::array();
  for (const auto& each : given) {
    if (type == "NS") {
      STEPD_TRY(Json number, parse_number(each));
      elements.push_back(std::move(number));
    } else if (each.is_string()) {
      elements.push_back(each);
    } else {
      return invalid("The elements of " + type + " are texts");
    }
    if (std::count(elements.begin(), elements.end(), elements.back()) > 1)
      return invalid("One or more parameter values were invalid: Input collection contains duplicates.");
  }
  return mark(type, std::move(elements));
}

Result<Json> parse_map(const Json& given) {
  STEPD_TRY(Json members, from_typed_members(given));
  std::string_view type;
  // One that looks like what is marked is marked itself.
  if (marked(members, &type) != nullptr) return mark("M", std::move(members));
  return members;
}

Result<Json> parse_list(const Json& given) {
  if (!given.is_array()) return invalid("L takes an array");
  Json elements = Json::array();
  for (const auto& each : given) {
    STEPD_TRY(Json element, from_typed(each));
    elements.push_back(std::move(element));
  }
  return elements;
}

Json typed(std::string_view type, Json value) {
  Json made = Json::object();
  made[std::string(type)] = std::move(value);
  return made;
}

}  // namespace

Result<Json> from_typed(const Json& value) {
  if (!value.is_object() || value.size() != 1) {
    return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  const std::string& type = value.begin().key();
  const Json& given = *value.begin();
  if (type == "S") return given.is_string() ? Result<Json>(given) : invalid("S takes a text");
  if (type == "N") return parse_number(given);
  if (type == "BOOL") return given.is_boolean() ? Result<Json>(given) : invalid("BOOL takes true or false");
  if (type == "NULL") return Json();
  if (type == "M") return given.is_object() ? parse_map(given) : invalid("M takes an object");
  if (type == "L") return parse_list(given);
  if (type == "B") return given.is_string() ? Result<Json>(mark("B", given)) : invalid("B takes a text in base64");
  if (type == "SS" || type == "NS" || type == "BS") return parse_set(type, given);
  return invalid("There is no type of attribute '" + type + "'");
}

Json to_typed(const Json& value) {
  if (value.is_string()) return typed("S", value);
  if (value.is_boolean()) return typed("BOOL", value);
  if (value.is_null()) return typed("NULL", true);
  if (is_long_integer(value)) return typed("N", long_integer_digits(value));
  if (value.is_number()) return typed("N", print_number(value));
  if (value.is_array()) {
    Json elements = Json::array();
    for (const auto& each : value) elements.push_back(to_typed(each));
    return typed("L", std::move(elements));
  }
  std::string_view type;
  const Json* inner = marked(value, &type);
  if (inner == nullptr) return typed("M", to_typed_members(value));
  if (type == "M") return typed("M", to_typed_members(*inner));
  if (type != "NS") return typed(type, *inner);
  Json numbers = Json::array();
  for (const auto& each : *inner) numbers.push_back(print_number(each));
  return typed(type, std::move(numbers));
}

Result<Json> from_typed_members(const Json& members) {
  Json item = Json::object();
  for (const auto& [name, value] : members.items()) {
    STEPD_TRY(Json plain, from_typed(value));
    item[name] = std::move(plain);
  }
  return item;
}

Json to_typed_members(const Json& item) {
  Json members = Json::object();
  if (!item.is_object()) return members;
  for (const auto& [name, value] : item.items()) members[name] = to_typed(value);
  return members;
}

}  // namespace stepd::services::dynamodb
