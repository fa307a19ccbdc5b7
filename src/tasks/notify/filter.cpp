#include "tasks/notify/filter.h"

#include "base/payload.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

Json number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return Json(text);
  return Json(value);
}

/// What the conditions judge: one value, or each element of an array.
std::vector<Json> values_of(const Json& attribute) {
  if (!attribute.is_object()) return {attribute};
  const std::string type = attribute.value("DataType", "String");
  const auto given = attribute.find("StringValue");
  if (given == attribute.end()) return {};
  const std::string text = given->is_string() ? given->get<std::string>() : print_json(*given);
  if (type == "Number" || type.starts_with("Number.")) return {number_in(text)};
  if (type == "String.Array") {
    const auto parsed = parse_json(text);
    if (parsed && parsed->is_array()) return {parsed->begin(), parsed->end()};
  }
  return {Json(text)};
}

}  // namespace

Result<FilterPolicy> FilterPolicy::compile(const Json& policy) {
  FilterPolicy filter;
  if (!policy.is_object()) return AslError{"", "a filter is a mapping of attributes to lists"};
  for (const auto& [name, wanted] : policy.items()) {
    if (!wanted.is_array() || wanted.empty()) {
      return AslError{"", "the filter of attribute '" + name + "' is a list of values and operators, and not empty"};
    }
    auto& conditions = filter.conditions_[name];
    for (const auto& one : wanted) {
      auto condition = compile_condition(one);
      if (!condition) return AslError{"", "the filter of attribute '" + name + "': " + condition.error().cause};
      conditions.push_back(*std::move(condition));
    }
  }
  return filter;
}

bool FilterPolicy::wants(const Json& attributes) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const auto& entry) {
    const auto& [name, conditions] = entry;
    std::vector<Json> values;
    if (attributes.is_object() && attributes.contains(name)) values = values_of(attributes.at(name));
    return std::any_of(conditions.begin(), conditions.end(), [&](const Condition& holds) {
      if (values.empty()) return holds(nullptr);
      return std::any_of(values.begin(), values.end(), [&](const Json& value) { return holds(&value); });
    });
  });
}

}  // namespace stepd::tasks
