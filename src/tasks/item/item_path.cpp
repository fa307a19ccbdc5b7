#include "tasks/item/item_path.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {

Result<dynamodb::DocumentPath> parse_path(const Json& given) {
  const AslError wrong{"", "expected the name of an attribute, or an array of names and indexes"};
  dynamodb::DocumentPath path;
  if (given.is_string()) {
    path.emplace_back(given.get<std::string>());
    return path;
  }
  if (!given.is_array() || given.empty() || given.size() > dynamodb::kPathStepsMax || !given.front().is_string())
    return wrong;
  for (const auto& step : given) {
    if (step.is_string()) {
      path.emplace_back(step.get<std::string>());
    } else if (step.is_number_unsigned()) {
      path.emplace_back(step.get<std::size_t>());
    } else {
      return wrong;
    }
  }
  return path;
}

std::optional<std::vector<dynamodb::DocumentPath>> read_paths(Arguments& arguments, std::string_view name) {
  const Json* given = arguments.optional_array(name);
  if (given == nullptr) return std::nullopt;
  std::vector<dynamodb::DocumentPath> paths;
  for (const auto& each : *given) {
    auto path = parse_path(each);
    if (path) {
      paths.push_back(*std::move(path));
    } else {
      arguments.refuse(name, path.error().cause);
    }
  }
  return paths;
}

}  // namespace stepd::tasks
