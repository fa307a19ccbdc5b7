#include "engine/asl/resource.h"

#include "engine/asl/placeholder.h"
#include "engine/asl/service_integrations.h"

#include <algorithm>
#include <array>
#include <vector>

namespace stepd::asl {
namespace {

/// `arn:partition:service:region:account:rest`; a `${AWS::Region}` keeps its colons.
std::vector<std::string_view> split_arn(std::string_view arn) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < arn.size() && parts.size() < 5; ++i) {
    if (arn.substr(i).starts_with("${")) i = std::min(arn.find('}', i), arn.size() - 1);
    if (arn[i] != ':') continue;
    parts.push_back(arn.substr(begin, i - begin));
    begin = i + 1;
  }
  parts.push_back(arn.substr(begin));
  return parts;
}

std::string_view suffix_of(Resource::Pattern pattern) {
  switch (pattern) {
    case Resource::Pattern::Sync:
      return ".sync";
    case Resource::Pattern::Sync2:
      return ".sync:2";
    case Resource::Pattern::WaitForTaskToken:
      return ".waitForTaskToken";
    case Resource::Pattern::RequestResponse:
      break;
  }
  return "";
}

/// AWS's words.
AslError unrecognized(std::string_view arn) {
  return {"", "The resource provided " + std::string(arn) +
                  " is not recognized. The value is not a valid resource ARN, or the resource is not available in "
                  "this region."};
}
AslError no_arn() { return {"", "Value is not a valid resource ARN"}; }

/// `states:::lambda:invoke`, `states:::aws-sdk:s3:getObject`: the last colon before the action divides.
Result<Resource> service_resource(std::string_view rest, Resource resource) {
  auto divide = rest.find(':');
  if (rest.starts_with("aws-sdk:")) divide = rest.find(':', divide + 1);
  if (divide == std::string_view::npos || divide + 1 == rest.size()) return unrecognized(resource.arn);
  resource.kind = Resource::Kind::Service;
  resource.service = std::string(rest.substr(0, divide));
  resource.action = std::string(rest.substr(divide + 1));
  resource.pattern = pattern_of(resource.action);
  const auto plain =
      std::string_view(resource.action).substr(0, resource.action.size() - suffix_of(resource.pattern).size());
  if (!has_placeholder(rest) && !is_known_integration(resource.service, plain, resource.pattern))
    return unrecognized(resource.arn);
  return resource;
}

/// Something of Step Functions itself, such as a state machine, which is no task.
bool is_own_resource(std::string_view rest) {
  constexpr std::array<std::string_view, 5> kTypes{"stateMachine:", "execution:", "express:", "mapRun:", "activity:"};
  return std::any_of(kTypes.begin(), kTypes.end(), [&](auto type) { return rest.starts_with(type); });
}

/// What stands where a partition does: `aws`, `aws-cn`, `aws-us-gov`, or what is filled in later.
bool is_partition(std::string_view text) { return text.starts_with("aws") || has_placeholder(text); }

}  // namespace

Resource::Pattern pattern_of(std::string_view action) {
  using Kinds = Resource::Pattern;
  for (const auto pattern : {Kinds::Sync, Kinds::Sync2, Kinds::WaitForTaskToken}) {
    if (action.ends_with(suffix_of(pattern))) return pattern;
  }
  return Kinds::RequestResponse;
}

Result<Resource> Resource::parse(std::string_view arn) {
  Resource resource;
  resource.arn = std::string(arn);
  if (!arn.starts_with("arn:")) {
    if (arn.empty() || (arn.find_first_of(" \t\n") != std::string_view::npos && !has_placeholder(arn))) return no_arn();
    resource.name = resource.arn;
    return resource;
  }
  const auto parts = split_arn(arn);
  if (parts.size() < 6) return no_arn();
  const auto service = parts[2];
  const auto rest = parts[5];
  if (!is_partition(parts[1])) return unrecognized(arn);
  if (service == "lambda" && rest.starts_with("function:") && rest.size() > 9) {
    resource.name = std::string(rest.substr(9));
    return resource;
  }
  if (service == "states" && rest.starts_with("activity:") && rest.size() > 9) {
    resource.kind = Kind::Activity;
    resource.name = std::string(rest.substr(9));
    return resource;
  }
  // Region and account stand empty in AWS's documentation and filled in in many a deployed definition.
  const bool unfilled = parts[3].empty() && parts[4].empty();
  if (service == "states" && (unfilled || (!is_own_resource(rest) && !rest.starts_with("${"))))
    return service_resource(rest, std::move(resource));
  if (has_placeholder(service) || has_placeholder(rest)) {
    resource.name = std::string(rest);
    return resource;
  }
  return unrecognized(arn);
}

std::string function_name(std::string_view reference) {
  const auto marker = reference.find("function:");
  if (marker != std::string_view::npos) reference.remove_prefix(marker + 9);
  return std::string(reference.substr(0, reference.find(':')));
}

}  // namespace stepd::asl
