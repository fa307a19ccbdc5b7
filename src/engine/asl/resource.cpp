#include "engine/asl/resource.h"

#include <array>
#include <vector>

namespace stepd::asl {
namespace {

/// `arn:partition:service:region:account:rest`
std::vector<std::string_view> split_arn(std::string_view arn) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) break;
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

Resource::Pattern pattern_of(std::string_view action) {
  if (action.ends_with(".sync")) return Resource::Pattern::Sync;
  if (action.ends_with(".sync:2")) return Resource::Pattern::Sync2;
  if (action.ends_with(".waitForTaskToken")) return Resource::Pattern::WaitForTaskToken;
  return Resource::Pattern::RequestResponse;
}

/// `states:::lambda:invoke`, `states:::aws-sdk:s3:getObject`: the last colon before the action divides.
Result<Resource> service_resource(std::string_view rest, Resource resource) {
  auto divide = rest.find(':');
  if (rest.starts_with("aws-sdk:")) divide = rest.find(':', divide + 1);
  if (divide == std::string_view::npos || divide + 1 == rest.size()) {
    return AslError{"", "'" + resource.arn + "' names no service and action"};
  }
  resource.kind = Resource::Kind::Service;
  resource.service = std::string(rest.substr(0, divide));
  resource.action = std::string(rest.substr(divide + 1));
  resource.pattern = pattern_of(resource.action);
  return resource;
}

}  // namespace

Result<Resource> Resource::parse(std::string_view arn) {
  Resource resource;
  resource.arn = std::string(arn);
  if (arn.empty()) return AslError{"", "the resource is empty"};
  if (!arn.starts_with("arn:")) {
    if (arn.find_first_of(" \t\n") != std::string_view::npos)
      return AslError{"", "'" + resource.arn + "' is neither an ARN nor a function name"};
    resource.name = resource.arn;
    return resource;
  }
  const auto parts = split_arn(arn);
  if (parts.size() < 6) return AslError{"", "'" + resource.arn + "' is no ARN"};
  const auto service = parts[2];
  const auto rest = parts[5];
  if (service == "lambda" && rest.starts_with("function:") && rest.size() > 9) {
    resource.name = std::string(rest.substr(9));
    return resource;
  }
  if (service == "states" && rest.starts_with("activity:") && rest.size() > 9) {
    resource.kind = Kind::Activity;
    resource.name = std::string(rest.substr(9));
    return resource;
  }
  if (service == "states" && parts[3].empty() && parts[4].empty()) return service_resource(rest, std::move(resource));
  return AslError{"", "'" + resource.arn + "' is no resource that a Task can call"};
}

std::string function_name(std::string_view reference) {
  const auto marker = reference.find("function:");
  if (marker != std::string_view::npos) reference.remove_prefix(marker + 9);
  return std::string(reference.substr(0, reference.find(':')));
}

}  // namespace stepd::asl
