#include "engine/asl/choice_operators.h"

#include "base/clock.h"

#include <array>
#include <functional>
#include <nlohmann/json.hpp>

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

template <class Compare>
bool numbers(const Json& a, const Json& b) {
  if (!a.is_number() || !b.is_number()) return false;
  if (a.is_number_integer() && b.is_number_integer()) return Compare{}(a.get<std::int64_t>(), b.get<std::int64_t>());
  return Compare{}(a.get<double>(), b.get<double>());
}

template <class Compare>
bool timestamps(const Json& a, const Json& b) {
  const auto left = timestamp(a);
  const auto right = timestamp(b);
  return left && right && Compare{}(*left, *right);
}

bool booleans(const Json& a, const Json& b) { return a.is_boolean() && b.is_boolean() && a == b; }

/// `*` stands for any run of characters; `\*` for a star and `\\` for a backslash (ASL §Choice State, StringMatches).
bool string_matches(const Json& value, const Json& operand) {
  if (!value.is_string() || !operand.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto& pattern = operand.get_ref<const std::string&>();
  // Greedy with one backtrack point: linear in practice, never exponential.
  std::size_t t = 0, p = 0, star = std::string::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    const bool escaped =
        p + 1 < pattern.size() && pattern[p] == '\\' && (pattern[p + 1] == '*' || pattern[p + 1] == '\\');
    if (p < pattern.size() && text[t] == pattern[p + (escaped ? 1 : 0)]) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
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
