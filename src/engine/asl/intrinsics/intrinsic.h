// The intrinsic functions, States.*: one row each in registry.cpp.
#pragma once

#include "base/json.h"
#include "base/result.h"
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
  /// The error's name is States.IntrinsicFailure. Arguments may be moved from.
  Result<Json> (*call)(std::vector<Json>& arguments, const Scope& scope);
};

std::span<const Intrinsic> intrinsics();
/// Null if there is none of that name.
const Intrinsic* find_intrinsic(std::string_view name);

AslError intrinsic_failure(std::string cause);

/// Whole numbers as they are, others rounded half up, as Java does it and AWS with it: -1.5 becomes -1 (AWS dev guide:
/// "will round it off to the nearest integer"). Nothing for other values and beyond 64 bits.
std::optional<std::int64_t> rounded(const Json& value);

namespace intrinsic {

inline constexpr std::size_t kAny = 1'000;  // arguments of a variadic function

Result<Json> array(std::vector<Json>& arguments, const Scope&);
Result<Json> array_contains(std::vector<Json>& arguments, const Scope&);
Result<Json> array_get_item(std::vector<Json>& arguments, const Scope&);
Result<Json> array_length(std::vector<Json>& arguments, const Scope&);
Result<Json> array_partition(std::vector<Json>& arguments, const Scope&);
Result<Json> array_range(std::vector<Json>& arguments, const Scope&);
Result<Json> array_unique(std::vector<Json>& arguments, const Scope&);
Result<Json> base64_decode(std::vector<Json>& arguments, const Scope&);
Result<Json> base64_encode(std::vector<Json>& arguments, const Scope&);
Result<Json> format(std::vector<Json>& arguments, const Scope&);
Result<Json> hash(std::vector<Json>& arguments, const Scope&);
Result<Json> json_merge(std::vector<Json>& arguments, const Scope&);
Result<Json> json_to_string(std::vector<Json>& arguments, const Scope&);
Result<Json> math_add(std::vector<Json>& arguments, const Scope&);
Result<Json> math_random(std::vector<Json>& arguments, const Scope&);
Result<Json> string_split(std::vector<Json>& arguments, const Scope&);
Result<Json> string_to_json(std::vector<Json>& arguments, const Scope&);
Result<Json> uuid(std::vector<Json>& arguments, const Scope&);

}  // namespace intrinsic
}  // namespace stepd::asl
