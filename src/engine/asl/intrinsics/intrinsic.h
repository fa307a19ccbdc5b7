// The intrinsic functions, States.*: one row each in registry.cpp.
#pragma once

#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/scope.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stepd::asl {

struct Intrinsic {
  std::string_view name;  ///< without `States.`
  std::size_t arguments_min;
  std::size_t arguments_max;
  /// Errors are States.IntrinsicFailure and those of errors::of_limit(). Arguments may be moved from.
  Result<Value> (*call)(std::vector<Value>& arguments, const Scope& scope);
};

std::span<const Intrinsic> intrinsics();
/// Null if there is none of that name.
const Intrinsic* find_intrinsic(std::string_view name);

AslError intrinsic_failure(std::string cause);

/// The integer nearest to a number, rounded half up as Java does it: -1.5 becomes -1 (AWS dev guide: "will round it off
/// to the nearest integer"). None for other values and for results beyond 64 bits.
std::optional<std::int64_t> rounded(const Value& value);

namespace intrinsic {

inline constexpr std::size_t kAny = 1'000;  // arguments of a variadic function

Result<Value> array(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_contains(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_get_item(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_length(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_partition(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_range(std::vector<Value>& arguments, const Scope& scope);
Result<Value> array_unique(std::vector<Value>& arguments, const Scope& scope);
Result<Value> base64_decode(std::vector<Value>& arguments, const Scope& scope);
Result<Value> base64_encode(std::vector<Value>& arguments, const Scope& scope);
Result<Value> format(std::vector<Value>& arguments, const Scope& scope);
Result<Value> hash(std::vector<Value>& arguments, const Scope& scope);
Result<Value> json_merge(std::vector<Value>& arguments, const Scope& scope);
Result<Value> json_to_string(std::vector<Value>& arguments, const Scope& scope);
Result<Value> math_add(std::vector<Value>& arguments, const Scope& scope);
Result<Value> math_random(std::vector<Value>& arguments, const Scope& scope);
Result<Value> string_split(std::vector<Value>& arguments, const Scope& scope);
Result<Value> string_to_json(std::vector<Value>& arguments, const Scope& scope);
Result<Value> uuid(std::vector<Value>& arguments, const Scope& scope);

}  // namespace intrinsic
}  // namespace stepd::asl
