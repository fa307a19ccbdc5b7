#include "engine/asl/path_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>
#include <vector>

namespace stepd::asl {
namespace {

std::optional<Json> length(const Json& value) {
  if (!value.is_structured()) return std::nullopt;
  return Json(static_cast<std::int64_t>(value.size()));
}

std::optional<Json> keys(const Json& value) {
  if (!value.is_object()) return std::nullopt;
  Json names = Json::array();
  for (const auto& [name, member] : value.items()) names.push_back(name);
  return names;
}

std::optional<Json> first(const Json& value) {
  return value.is_array() && !value.empty() ? std::optional(value.front()) : std::nullopt;
}

std::optional<Json> last(const Json& value) {
  return value.is_array() && !value.empty() ? std::optional(value.back()) : std::nullopt;
}

/// Those of an array; what is no number in it is passed over, as Jayway does.
std::vector<double> numbers_in(const Json& value) {
  std::vector<double> numbers;
  if (!value.is_array()) return numbers;
  for (const auto& item : value) {
    if (item.is_number()) numbers.push_back(item.get<double>());
  }
  return numbers;
}

template <double (*compute)(const std::vector<double>&)>
std::optional<Json> aggregate(const Json& value) {
  const auto numbers = numbers_in(value);
  return numbers.empty() ? std::nullopt : std::optional(Json(compute(numbers)));
}

double sum(const std::vector<double>& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0.0); }
double mean(const std::vector<double>& numbers) { return sum(numbers) / static_cast<double>(numbers.size()); }
double least(const std::vector<double>& numbers) { return *std::min_element(numbers.begin(), numbers.end()); }
double most(const std::vector<double>& numbers) { return *std::max_element(numbers.begin(), numbers.end()); }

double deviation(const std::vector<double>& numbers) {
  const double middle = mean(numbers);
  double squares = 0;
  for (const double number : numbers) squares += (number - middle) * (number - middle);
  return std::sqrt(squares / static_cast<double>(numbers.size()));
}

constexpr std::array<std::pair<std::string_view, PathFunction*>, 10> kFunctions{{
    {"length", length},
    {"size", length},
    {"keys", keys},
    {"first", first},
    {"last", last},
    {"min", aggregate<least>},
    {"max", aggregate<most>},
    {"avg", aggregate<mean>},
    {"sum", aggregate<sum>},
    {"stddev", aggregate<deviation>},
}};

}  // namespace

PathFunction* find_path_function(std::string_view name) {
  const auto* found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const auto& each) { return each.first == name; });
  return found == kFunctions.end() ? nullptr : found->second;
}

}  // namespace stepd::asl
