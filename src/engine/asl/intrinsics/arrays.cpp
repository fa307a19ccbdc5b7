// The intrinsics over arrays. What is equal and how numbers round is as on AWS, where both are Java's.
#include "engine/asl/intrinsics/intrinsic.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace stepd::asl::intrinsic {
namespace {

constexpr std::int64_t kRangeItems = 1'000;

/// Equal texts for what Java holds equal: 1 is not 1.0, and the order of members does not count.
std::string canonical(const Json& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

AslError not_an_array(std::string_view function) {
  return intrinsic_failure("The first argument of States." + std::string(function) + " must be an array");
}

}  // namespace

Result<Json> array(std::vector<Json>& arguments, const Scope&) {
  Json list = Json::array();
  for (auto& argument : arguments) list.push_back(std::move(argument));
  return list;
}

Result<Json> array_contains(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayContains");
  const auto wanted = canonical(arguments[1]);
  for (const auto& item : arguments[0]) {
    if (canonical(item) == wanted) return Json(true);
  }
  return Json(false);
}

Result<Json> array_get_item(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayGetItem");
  const auto index = rounded(arguments[1]);
  if (!index) return intrinsic_failure("The index of States.ArrayGetItem must be an integer");
  if (*index < 0 || *index >= static_cast<std::int64_t>(arguments[0].size())) {
    return intrinsic_failure("The index " + std::to_string(*index) +
                             " of States.ArrayGetItem is outside the array of " + std::to_string(arguments[0].size()) +
                             " items");
  }
  return std::move(arguments[0][static_cast<std::size_t>(*index)]);
}

Result<Json> array_length(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayLength");
  return Json(static_cast<std::int64_t>(arguments[0].size()));
}

Result<Json> array_partition(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayPartition");
  const auto size = rounded(arguments[1]);
  if (!size || *size < 1)
    return intrinsic_failure("The chunk size of States.ArrayPartition must be a positive integer");
  Json chunks = Json::array();
  for (auto& item : arguments[0]) {
    if (chunks.empty() || static_cast<std::int64_t>(chunks.back().size()) == *size) chunks.push_back(Json::array());
    chunks.back().push_back(std::move(item));
  }
  return chunks;
}

Result<Json> array_range(std::vector<Json>& arguments, const Scope&) {
  const auto first = rounded(arguments[0]);
  const auto last = rounded(arguments[1]);
  const auto step = rounded(arguments[2]);
  if (!first || !last || !step) return intrinsic_failure("The arguments of States.ArrayRange must be integers");
  if (*step == 0) return intrinsic_failure("The increment of States.ArrayRange must not be zero");
  Json range = Json::array();
  // Counted in doubles against overflow at the ends of the 64-bit range.
  const auto items =
      std::floor((static_cast<double>(*last) - static_cast<double>(*first)) / static_cast<double>(*step)) + 1;
  if (items > static_cast<double>(kRangeItems)) {
    return intrinsic_failure("States.ArrayRange makes at most " + std::to_string(kRangeItems) + " items");
  }
  auto value = *first;
  while (*step > 0 ? value <= *last : value >= *last) {
    range.push_back(value);
    if (__builtin_add_overflow(value, *step, &value)) break;
  }
  return range;
}

Result<Json> array_unique(std::vector<Json>& arguments, const Scope&) {
  if (!arguments[0].is_array()) return not_an_array("ArrayUnique");
  Json unique = Json::array();
  std::unordered_set<std::string> seen;
  for (auto& item : arguments[0]) {
    if (seen.insert(canonical(item)).second) unique.push_back(std::move(item));
  }
  return unique;
}

}  // namespace stepd::asl::intrinsic
