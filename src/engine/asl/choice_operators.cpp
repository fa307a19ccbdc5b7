#include "engine/asl/choice_operators.h"

#include "base/clock.h"
#include "base/value/compare.h"

#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace stepd::asl {
namespace {

using Takes = ChoiceOperator::Takes;

std::optional<Instant> timestamp(const Value& value) {
  return value.is_string() ? from_rfc3339(value.string()) : std::nullopt;
}

template <class Compare>
bool strings(const Value& a, const Value& b) {
  return a.is_string() && b.is_string() && Compare{}(a.string(), b.string());
}

/// Integers of any size are compared exactly.
template <auto holds>
bool numbers(const Value& a, const Value& b) {
  return a.is_number() && b.is_number() && holds(compare_numbers(a, b));
}

template <class Compare>
bool timestamps(const Value& a, const Value& b) {
  const auto left = timestamp(a);
  const auto right = timestamp(b);
  return left && right && Compare{}(*left, *right);
}

bool booleans(const Value& a, const Value& b) { return a.is_bool() && b.is_bool() && a == b; }

/// The texts between the stars of a pattern: `\*` is a star and `\\` a backslash (ASL §Choice State, StringMatches).
std::vector<std::string> pieces(std::string_view pattern) {
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
bool string_matches(const Value& value, const Value& operand) {
  if (!value.is_string() || !operand.is_string()) return false;
  std::string_view rest = value.string();
  const auto all = pieces(operand.string());
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

template <bool (*Test)(const Value&)>
bool type_test(const Value& value, const Value& operand) {
  return Test(value) == operand.boolean();
}

bool is_null(const Value& value) { return value.is_null(); }
bool is_string(const Value& value) { return value.is_string(); }
bool is_numeric(const Value& value) { return value.is_number(); }
bool is_boolean(const Value& value) { return value.is_bool(); }
bool is_timestamp(const Value& value) { return timestamp(value).has_value(); }
bool is_present(const Value&) { return true; }  // the rule itself handles the value that is not there

}  // namespace

std::span<const ChoiceOperator> choice_operators() {
  static constexpr std::array kAll{
      ChoiceOperator{"StringEquals", Takes::String, strings<std::equal_to<>>, true},
      ChoiceOperator{"StringLessThan", Takes::String, strings<std::less<>>, true},
      ChoiceOperator{"StringGreaterThan", Takes::String, strings<std::greater<>>, true},
      ChoiceOperator{"StringLessThanEquals", Takes::String, strings<std::less_equal<>>, true},
      ChoiceOperator{"StringGreaterThanEquals", Takes::String, strings<std::greater_equal<>>, true},
      ChoiceOperator{"StringMatches", Takes::String, string_matches, false},
      ChoiceOperator{"NumericEquals", Takes::Number, numbers<std::is_eq>, true},
      ChoiceOperator{"NumericLessThan", Takes::Number, numbers<std::is_lt>, true},
      ChoiceOperator{"NumericGreaterThan", Takes::Number, numbers<std::is_gt>, true},
      ChoiceOperator{"NumericLessThanEquals", Takes::Number, numbers<std::is_lteq>, true},
      ChoiceOperator{"NumericGreaterThanEquals", Takes::Number, numbers<std::is_gteq>, true},
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
