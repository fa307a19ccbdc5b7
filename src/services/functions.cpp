#include "services/functions.h"

#include <algorithm>

namespace stepd::services {

FunctionTable::FunctionTable(const ServiceOptions& options, const Handlers& handlers, const Clock& clock)
    : default_endpoint_(options.lambda_endpoint) {
  for (const auto& function : options.functions) {
    if (function.own_code) {
      own_code_.insert(function.name);
      continue;
    }
    if (!function.endpoint.empty()) {
      endpoints_.emplace(function.name, function.endpoint);
      continue;
    }
    asl::Diagnostics faults;
    auto handler = std::make_unique<FunctionHandler>(function, handlers, &clock, "/" + function.name, faults);
    if (faults.empty()) handlers_.emplace(function.name, std::move(handler));
  }
}

std::optional<FunctionPlace> FunctionTable::find(std::string_view name) const {
  if (const auto handler = handlers_.find(name); handler != handlers_.end())
    return FunctionPlace{handler->second.get(), ""};
  if (own_code_.contains(name)) return FunctionPlace{nullptr, "", true};
  if (const auto endpoint = endpoints_.find(name); endpoint != endpoints_.end())
    return FunctionPlace{nullptr, endpoint->second};
  if (default_endpoint_.empty()) return std::nullopt;
  return FunctionPlace{nullptr, default_endpoint_};
}

asl::Diagnostics check_functions(const ServiceOptions& options, const Handlers& handlers) {
  asl::Diagnostics faults;
  for (const auto& function : options.functions) {
    if (function.own_code || !function.endpoint.empty()) continue;
    const FunctionHandler checked(function, handlers, nullptr, "/" + function.name, faults);
  }
  for (const auto& [topic, name] : options.topics) {
    const bool known = std::any_of(options.functions.begin(), options.functions.end(),
                                   [&wanted = name](const auto& each) { return each.name == wanted; });
    if (known) continue;
    faults.push_back({asl::Severity::Error, "INVALID_FUNCTION", "There is no function '" + name + "'", "/" + topic});
  }
  return faults;
}

}  // namespace stepd::services
