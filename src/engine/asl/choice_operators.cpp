#include "engine/asl/choice_operators.h"

#include "base/clock.h"

#include <array>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace stepd::asl {
namespace {

using Takes = ChoiceOperator::Takes;

std::optional<Instant> timestamp(const Json& value) {
  return value.is_string() ? from_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
}

template <class Compare>
bool strings(const Json& a, const Json& b) {
  return a.is_string() && b.is_string() && Compare{}(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
}

/// Wide enough for every integer that JSON brings, signed or not.
__extension__ using Wide = __int128;
Wide whole(const Json& value) {
  return value.is_number_unsigned() ? Wide{value.get<std::uint64_t>()} : Wide{value.get<std::int64_t>()};
}

template <class Compare>
bool numbers(const Json& a, const Json& b) {
  if (!a.is_number() || !b.is_number()) return false;
  if (a.is_number_integer() && b.is_number_integer()) return Compare{}(whole(a), whole(b));
  return Compare{}(a.get<double>(), b.get<double>());
}

template <class Compare>
bool timestamps(const Json& a, const Json& b) {
  const auto left = timestamp(a);
  const auto right = timestamp(b);
  return left && right && Compare{}(*left, *right);
}

bool booleans(const Json& a, const Json& b) { return a.is_boolean() && b.is_boolean() && a == b; }

/// The texts between the stars of a pattern: `\*` is a star and `\\` a backslash (ASL §Choice State, StringMatches).
std::vector<std::string> pieces(const std::string& pattern) {
  std::vector<std::string> all(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (pattern[i] == '*')
      all.emplace_back();
    else if (pattern[i] == '\\' && (next == '*' || next == '\\'))
      all.back() += pattern[++i];
    else
      all.back() += pattern[i];
  }
  return all;
}

/// The first piece begins the text, the last one ends it, and each between is taken where it first occurs. memmem, as
/// its time is linear whatever the texts are.
bool string_matches(const Json& value, const Json& operand) {
  if (!value.is_string() || !operand.is_string()) return false;
  std::string_view rest = value.get_ref<const std::string&>();
  const auto all = pieces(operand.get_ref<const std::string&>());
  if (all.size() == 1) return rest == all.front();
  if (!rest.starts_with(all.front())) return false;
  rest.remove_prefix(all.front().size());
  if (!rest.ends_with(all.back())) return false;
  rest.remove_suffix(all.back().size());
  for (std::size_t i = 1; i + 1 < all.size(); ++i) {
    if (all[i].empty()) continue;
    const auto* found = static_cast<const char*>(memmem(rest.data(), rest.size(), all[i].data(), all[i].size()));
    if (found == nullptr) return false;
    rest.remove_prefix(static_cast<std::size_t>(found - rest.data()) + all[i].size());
  }
  return true;
}

template <bool (*Test)(const Json&)>
bool type_test(const Json& value, const Json& operand) {
  return Test(value) == operand.get<bool>();
}

bool is_null(const Json& value) { return value.is_null(); }
bool is_string(const Json& value) { return value.is_string(); }
bool is_numeric(const Json& value) { return value.is_number(); }
bool is_boolean(const Json& value) { return value.is_boolean(); }
bool is_timestamp(const Json& value) { return timestamp(value).has_value(); }
bool is_present(const Json&) { return true; }  // the rule itself handles the value that is not there

}  // namespace

std::span<const ChoiceOperator> choice_operators() {
  static constexpr std::array kAll{
      ChoiceOperator{"StringEquals", Takes::String, strings<std::equal_to<>>, true},
      ChoiceOperator{"StringLessThan", Takes::String, strings<std::less<>>, true},
      ChoiceOperator{"StringGreaterThan", Takes::String, strings<std::greater<>>, true},
      ChoiceOperator{"StringLessThanEquals", Takes::String, strings<std::less_equal<>>, true},
      ChoiceOperator{"StringGreaterThanEquals", Takes::String, strings<std::greater_equal<>>, true},
      ChoiceOperator{"StringMatches", Takes::String, string_matches, false},
      ChoiceOperator{"NumericEquals", Takes::Number, numbers<std::equal_to<>>, true},
      ChoiceOperator{"NumericLessThan", Takes::Number, numbers<std::less<>>, true},
      ChoiceOperator{"NumericGreaterThan", Takes::Number, numbers<std::greater<>>, true},
      ChoiceOperator{"NumericLessThanEquals", Takes::Number, numbers<std::less_equal<>>, true},
      ChoiceOperator{"NumericGreaterThanEquals", Takes::Number, numbers<std::greater_equal<>>, true},
      ChoiceOperator{"BooleanEquals", Takes::Boolean, booleans, true},
      ChoiceOperator{"TimestampEquals", Takes::Timestamp, timestamps<std::equal_to<>>, true},
      ChoiceOperator{"TimestampLessThan", Takes::Timestamp, timestamps<std::less<>>, true},
      ChoiceOperator{"TimestampGreaterThan", Takes::Timestamp, timestamps<std::greater<>>, true},
      ChoiceOperator{"TimestampLessThanEquals", Takes::Timestamp, timestamps<std::less_equal<>>, true},
      ChoiceOperator{"TimestampGreaterThanEquals", Takes::Timestamp, timestamps<std::greater_equal<>>, true},
      ChoiceOperator{"IsNull", Takes::TypeTest, type_test<is_null>, false},
      ChoiceOperator{"IsPresent", Takes::TypeTest, type_test<is_present>, false},
      ChoiceOperator{"IsNumeric", Takes::TypeTest, type_test<is_numeric>, false},
      ChoiceOperator{"IsString", Takes::TypeTest, type_test<is_string>, false},
      ChoiceOperator{"IsBoolean", Takes::TypeTest, type_test<is_boolean>, false},
      ChoiceOperator{"IsTimestamp", Takes::TypeTest, type_test<is_timestamp>, false},
  };
  return kAll;
}

}  // namespace stepd::asl
