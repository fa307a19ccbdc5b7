#include "engine/asl/path_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace stepd::asl {
namespace {

std::optional<Value> length(const Value& value, Budget&) {
  if (!value.is_array() && !value.is_object()) return std::nullopt;
  return Value::integer(static_cast<std::int64_t>(value.size()));
}

std::optional<Value> keys(const Value& value, Budget& budget) {
  if (!value.is_object()) return std::nullopt;
  Builder names(budget);
  names.begin_array();
  for (const auto& [name, member] : value.members()) {
    if (!names.string(name)) return std::nullopt;
  }
  if (!names.end()) return std::nullopt;
  return std::move(names).finish();
}

std::optional<Value> first(const Value& value, Budget&) {
  return value.is_array() && value.size() > 0 ? std::optional(value[0]) : std::nullopt;
}

std::optional<Value> last(const Value& value, Budget&) {
  return value.is_array() && value.size() > 0 ? std::optional(value[value.size() - 1]) : std::nullopt;
}

/// Those of an array; what is no number in it is passed over, as Jayway does.
std::vector<double> numbers_in(const Value& value) {
  std::vector<double> numbers;
  if (!value.is_array()) return numbers;
  for (const auto& item : value.items()) {
    if (item.is_number()) numbers.push_back(item.number());
  }
  return numbers;
}

template <double (*compute)(const std::vector<double>&)>
std::optional<Value> aggregate(const Value& value, Budget&) {
  const auto numbers = numbers_in(value);
  return numbers.empty() ? std::nullopt : std::optional(Value::number(compute(numbers)));
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
