#include "tasks/item/item_value.h"

#include "base/encoding.h"
#include "base/long_integer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::array<std::string_view, 4> kMarked{"B", "SS", "NS", "BS"};

/// The type that a marked object stands for; empty if it is an ordinary one.
std::string_view mark_of(const Json& value) {
  if (!value.is_object() || value.size() != 1) return {};
  const std::string_view name = value.begin().key();
  if (!name.starts_with('$')) return {};
  const auto found = std::find(kMarked.begin(), kMarked.end(), name.substr(1));
  return found == kMarked.end() ? std::string_view() : *found;
}

const Json& marked(const Json& value) { return *value.begin(); }

AslError invalid(const std::string& cause) { return {"Item.InvalidUpdate", cause}; }

std::optional<std::int64_t> exact(const Json& number) {
  if (number.is_number_unsigned()) {
    const auto value = number.get<std::uint64_t>();
    return value <= static_cast<std::uint64_t>(INT64_MAX) ? std::optional(static_cast<std::int64_t>(value))
                                                          : std::nullopt;
  }
  return number.is_number_integer() ? std::optional(number.get<std::int64_t>()) : std::nullopt;
}

bool holds(const Json& elements, const Json& wanted) {
  return std::any_of(elements.begin(), elements.end(), [&](const Json& each) { return same(each, wanted); });
}

bool same_members(const Json& a, const Json& b) {
  return a.size() == b.size() && std::all_of(a.items().begin(), a.items().end(), [&](const auto& member) {
           const auto found = b.find(member.key());
           return found != b.end() && same(member.value(), *found);
         });
}

Result<void> check_sets(const Json& a, const Json& b) {
  if (is_set(a) && type_of(a) == type_of(b)) return {};
  return invalid("Only two sets of one type go together, and these are " + std::string(type_of(a)) + " and " +
                 std::string(type_of(b)) + ".");
}

Json marked_as(const Json& like, Json elements) {
  Json made = Json::object();
  made[like.begin().key()] = std::move(elements);
  return made;
}

}  // namespace

std::string_view type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return "S";
    case Json::value_t::boolean:
      return "BOOL";
    case Json::value_t::null:
    case Json::value_t::discarded:
      return "NULL";
    case Json::value_t::array:
      return "L";
    case Json::value_t::object: {
      const auto mark = mark_of(value);
      return mark.empty() ? "M" : mark;
    }
    default:
      return "N";
  }
}

bool is_set(const Json& value) { return mark_of(value).ends_with('S'); }

bool same(const Json& a, const Json& b) {
  if (type_of(a) != type_of(b)) return false;
  if (is_set(a)) {
    const auto& elements = marked(a);
    return elements.size() == marked(b).size() &&
           std::all_of(elements.begin(), elements.end(), [&](const Json& each) { return holds(marked(b), each); });
  }
  if (a.is_object()) return same_members(a, b);
  if (a.is_array()) return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  return a == b;
}

std::optional<std::partial_ordering> order(const Json& a, const Json& b) {
  const auto type = type_of(a);
  if (type != type_of(b)) return std::nullopt;
  if (type == "S") return a.get_ref<const std::string&>().compare(b.get_ref<const std::string&>()) <=> 0;
  if (type == "B" && marked(a).is_string() && marked(b).is_string()) {
    const auto left = from_base64(marked(a).get<std::string>()).value_or("");
    return left.compare(from_base64(marked(b).get<std::string>()).value_or("")) <=> 0;
  }
  if (type != "N") return std::nullopt;
  const auto left = exact(a);
  const auto right = exact(b);
  if (left && right) return *left <=> *right;
  return *as_double(a) <=> *as_double(b);
}

bool contains(const Json& whole, const Json& part) {
  if (is_set(whole)) return holds(marked(whole), part);
  if (whole.is_array()) return holds(whole, part);
  return whole.is_string() && part.is_string() &&
         whole.get_ref<const std::string&>().find(part.get_ref<const std::string&>()) != std::string::npos;
}

std::optional<std::int64_t> size_of(const Json& value) {
  const auto type = type_of(value);
  if (type == "S") {
    const auto& text = value.get_ref<const std::string&>();
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  }
  if (type == "B") {
    if (!marked(value).is_string()) return std::nullopt;
    return static_cast<std::int64_t>(from_base64(marked(value).get<std::string>()).value_or("").size());
  }
  if (is_set(value)) return static_cast<std::int64_t>(marked(value).size());
  if (type == "L" || type == "M") return static_cast<std::int64_t>(value.size());
  return std::nullopt;
}

Result<Json> sum(const Json& a, const Json& b, int sign) {
  const auto augend = as_double(a);
  const auto addend = as_double(b);
  if (!augend || !addend)
    return invalid("Only numbers add up, and these are " + std::string(type_of(a)) + " and " + std::string(type_of(b)) +
                   ".");
  const auto left = exact(a);
  const auto right = exact(b);
  std::int64_t whole = 0;
  if (left && right) {
    const bool overflows =
        sign > 0 ? __builtin_add_overflow(*left, *right, &whole) : __builtin_sub_overflow(*left, *right, &whole);
    if (!overflows) return Json(whole);
  }
  const double made = *augend + sign * *addend;
  if (!std::isfinite(made)) return invalid("The sum is too large for a number.");
  // Fifteen digits are what a double holds of a decimal number; what is beyond them is the error of the addition.
  std::array<char, 64> text;
  const auto printed = std::to_chars(text.data(), text.data() + text.size(), made, std::chars_format::general, 15);
  double rounded = made;
  std::from_chars(text.data(), printed.ptr, rounded);
  return Json(rounded);
}

Result<std::optional<Json>> join_sets(const Json& a, const Json& b) {
  STEPD_CHECK(check_sets(a, b));
  Json elements = marked(a);
  for (const auto& each : marked(b)) {
    if (!holds(elements, each)) elements.push_back(each);
  }
  return std::optional(marked_as(a, std::move(elements)));
}

Result<std::optional<Json>> subtract_set(const Json& a, const Json& b) {
  STEPD_CHECK(check_sets(a, b));
  Json elements = Json::array();
  for (const auto& each : marked(a)) {
    if (!holds(marked(b), each)) elements.push_back(each);
  }
  if (elements.empty()) return std::optional<Json>();
  return std::optional(marked_as(a, std::move(elements)));
}

}  // namespace stepd::tasks
