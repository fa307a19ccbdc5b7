// Looks at what the tasks of a definition name before one of them runs: functions, integrations, buckets, tables,
// topics.
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::services {

/// What a configuration has, by name.
struct Inventory {
  std::vector<std::string> functions;
  std::vector<std::string> buckets;
  std::vector<std::string> tables;
  std::vector<std::string> topics;
  bool any_function = false;  ///< functions of other names are served by an endpoint
};

/// A warning, with the nearest name, for each name that stands in the definition itself and that nothing here has.
/// Names that are made when the task runs, and placeholders, are not known yet. The definition may be faulty otherwise.
/// Without an inventory, which is then null, only integrations are looked at.
asl::Diagnostics check_tasks(const Json& definition, const Inventory* inventory);

/// `did you mean 'x'?` if one of `known` is near, else some of what is known.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

/// As check_tasks() for the literal arguments of a handler: `bucket`, `table` and `topic`, at any depth.
asl::Diagnostics check_arguments(const Json& arguments, const std::string& pointer, const Inventory& inventory);

}  // namespace stepd::services
