// The intrinsics over arrays. What is equal and how numbers round is as on AWS, where both are Java's.
#include "base/value/builder.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/intrinsics/intrinsic.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>

namespace stepd::asl::intrinsic {
namespace {

constexpr std::int64_t kRangeItems = 1'000;

/// Appends a text that is equal for what Java holds equal: 1 is not 1.0, and the order of members does not count. Its
/// recursion is bounded, as no value is nested more than limits::kJsonDepth levels deep.
void append_canonical(const Value& value, std::string& out) {
  if (value.is_array()) {
    out += '[';
    for (const auto& item : value.items()) {
      append_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else if (value.is_object()) {
    std::vector<std::pair<std::string_view, const Value*>> members;
    for (const auto& [name, member] : value.members()) members.emplace_back(name, &member);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    out += '{';
    for (const auto& [name, member] : members) {
      out += std::to_string(name.size()) + ':';
      out += name;
      append_canonical(*member, out);
      out += ',';
    }
    out += '}';
  } else if (value.kind() == Kind::Decimal) {
    out += print(Value::number(value.number()));
  } else {
    out += print(value);
  }
}

std::string canonical(const Value& value) {
  std::string text;
  append_canonical(value, text);
  return text;
}

AslError not_an_array(std::string_view function) {
  return intrinsic_failure("The first argument of States." + std::string(function) + " must be an array");
}

/// A chunk of an array as an array; nothing where the budget is used up.
std::optional<Value> slice(std::span<const Value> items, Budget& budget) {
  Builder chunk(budget);
  chunk.begin_array();
  for (const auto& item : items) {
    if (!chunk.add(item)) return std::nullopt;
  }
  if (!chunk.end()) return std::nullopt;
  return std::move(chunk).finish();
}

}  // namespace

Result<Value> array(std::vector<Value>& arguments, const Scope& scope) {
  auto list = slice(arguments, scope.budget());
  if (!list) return errors::of_limit(scope.budget().reached);
  return *std::move(list);
}

Result<Value> array_contains(std::vector<Value>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayContains");
  const auto wanted = canonical(arguments[1]);
  const auto items = arguments[0].items();
  return Value::boolean(
      std::any_of(items.begin(), items.end(), [&](const Value& item) { return canonical(item) == wanted; }));
}

Result<Value> array_get_item(std::vector<Value>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayGetItem");
  const auto index = rounded(arguments[1]);
  if (!index) return intrinsic_failure("The index of States.ArrayGetItem must be an integer");
  if (*index < 0 || *index >= static_cast<std::int64_t>(arguments[0].size())) {
    return intrinsic_failure("The index " + std::to_string(*index) +
                             " of States.ArrayGetItem is outside the array of " + std::to_string(arguments[0].size()) +
                             " items");
  }
  return arguments[0][static_cast<std::size_t>(*index)];
}

Result<Value> array_length(std::vector<Value>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayLength");
  return Value::integer(static_cast<std::int64_t>(arguments[0].size()));
}

Result<Value> array_partition(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_array()) return not_an_array("ArrayPartition");
  const auto size = rounded(arguments[1]);
  if (!size || *size < 1)
    return intrinsic_failure("The chunk size of States.ArrayPartition must be a positive integer");
  Builder chunks(scope.budget());
  chunks.begin_array();
  for (auto rest = arguments[0].items(); !rest.empty();) {
    const auto length = static_cast<std::size_t>(std::min<std::int64_t>(*size, static_cast<std::int64_t>(rest.size())));
    auto chunk = slice(rest.first(length), scope.budget());
    if (!chunk || !chunks.add(*std::move(chunk))) return errors::of_limit(scope.budget().reached);
    rest = rest.subspan(length);
  }
  if (!chunks.end()) return errors::of_limit(chunks.limit());
  return std::move(chunks).finish();
}

Result<Value> array_range(std::vector<Value>& arguments, const Scope& scope) {
  const auto first = rounded(arguments[0]);
  const auto last = rounded(arguments[1]);
  const auto step = rounded(arguments[2]);
  if (!first || !last || !step) return intrinsic_failure("The arguments of States.ArrayRange must be integers");
  if (*step == 0) return intrinsic_failure("The increment of States.ArrayRange must not be zero");
  // Counted in doubles against overflow at the ends of the 64-bit range.
  const auto items =
      std::floor((static_cast<double>(*last) - static_cast<double>(*first)) / static_cast<double>(*step)) + 1;
  if (items > static_cast<double>(kRangeItems)) {
    return intrinsic_failure("States.ArrayRange makes at most " + std::to_string(kRangeItems) + " items");
  }
  Builder range(scope.budget());
  range.begin_array();
  auto value = *first;
  while (*step > 0 ? value <= *last : value >= *last) {
    if (!range.integer(value)) return errors::of_limit(range.limit());
    if (__builtin_add_overflow(value, *step, &value)) break;
  }
  if (!range.end()) return errors::of_limit(range.limit());
  return std::move(range).finish();
}

Result<Value> array_unique(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_array()) return not_an_array("ArrayUnique");
  Builder unique(scope.budget());
  unique.begin_array();
  std::unordered_set<std::string> seen;
  for (const auto& item : arguments[0].items()) {
    if (seen.insert(canonical(item)).second && !unique.add(item)) return errors::of_limit(unique.limit());
  }
  if (!unique.end()) return errors::of_limit(unique.limit());
  return std::move(unique).finish();
}

}  // namespace stepd::asl::intrinsic
