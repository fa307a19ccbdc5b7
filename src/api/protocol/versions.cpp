#include "api/protocol/versions.h"

#include "api/protocol/arn.h"
#include "base/limits.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kRoutesMax = 2;
constexpr std::uint32_t kWholePercent = 100;

ApiError invalid_arn(const std::string& text) { return {"InvalidArn", "Invalid Arn: 'Invalid ARN: " + text + "'"}; }

ApiError invalid_routing(std::string message) {
  return validation_error(std::move(message), "INVALID_ROUTING_CONFIGURATION");
}

std::string list_of(const std::vector<RequestedRoute>& requested) {
  std::string list;
  for (const auto& route : requested) list += (list.empty() ? "" : ", ") + route.version_arn;
  return "[" + list + "]";
}

bool is_alias_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

bool is_alias_name(std::string_view name) {
  const bool whole =
      std::all_of(name.begin(), name.end(), [](char c) { return is_alias_character(c) || (c >= '0' && c <= '9'); });
  return whole && std::any_of(name.begin(), name.end(), is_alias_character);
}

}  // namespace

std::string unqualified(const std::string& arn) { return run::split_qualifier(arn).machine; }

std::string version_arn(const std::string& machine_arn, std::uint32_t number) {
  return machine_arn + ":" + std::to_string(number);
}

std::string alias_arn(const std::string& machine_arn, const std::string& name) { return machine_arn + ":" + name; }

Checked<std::string> read_machine_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  if (!parsed->qualifier.empty()) return invalid_arn(text);
  return text;
}

Checked<run::VersionName> read_version_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  const auto number = run::version_number(parsed->qualifier);
  if (!number) return invalid_arn(text);
  return run::VersionName{unqualified(text), *number};
}

Checked<run::AliasName> read_alias_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  if (!is_alias_name(parsed->qualifier)) return invalid_arn(text);
  return run::AliasName{unqualified(text), parsed->qualifier};
}

void check_alias_name(Members& members, const std::string& name) {
  if (!members.has("name") || is_alias_name(name)) return;
  members.violates("name", name,
                   "Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
}

std::vector<RequestedRoute> read_routing(Members& members) {
  std::vector<RequestedRoute> routes;
  const Json* list = members.list("routingConfiguration");
  if (!list) return routes;
  if (list->empty() || list->size() > kRoutesMax) {
    members.violates("routingConfiguration", std::nullopt,
                     list->empty() ? "Member must have length greater than or equal to 1"
                                   : "Member must have length less than or equal to 2");
    return routes;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto path = "routingConfiguration." + std::to_string(i + 1) + ".member.";
    if (!(*list)[i].is_object()) {
      members.violates(path, std::nullopt, "Member must not be null");
      continue;
    }
    Members route((*list)[i], path, members);
    RequestedRoute requested;
    requested.version_arn = route.required_string("stateMachineVersionArn", rules::kArn);
    const auto weight = route.integer("weight", 0, kWholePercent);
    if (!route.has("weight")) members.violates(path + "weight", "null", "Member must not be null");
    requested.weight = static_cast<std::uint32_t>(weight.value_or(0));
    routes.push_back(std::move(requested));
  }
  return routes;
}

Checked<Routing> to_routes(const std::vector<RequestedRoute>& requested) {
  Routing routing;
  std::uint32_t sum = 0;
  for (const auto& route : requested) {
    const auto parsed = state_machine_arn(route.version_arn);
    if (!parsed.has_value()) return parsed.error();
    const auto number = run::version_number(parsed->qualifier);
    if (!number) {
      return invalid_routing("Routing configuration must contain state machine version ARNs. Received: " +
                             list_of(requested));
    }
    const auto machine = unqualified(route.version_arn);
    if (routing.routes.empty()) routing.machine_arn = machine;
    if (machine != routing.machine_arn) {
      return invalid_routing("Routing configuration must contain versions of one state machine. Received: " +
                             list_of(requested));
    }
    if (!routing.routes.empty() && routing.routes.front().version == *number) {
      return invalid_routing("Routing configuration must contain distinct state machine version ARNs. Received: " +
                             list_of(requested));
    }
    routing.routes.push_back({*number, route.weight});
    sum += route.weight;
  }
  if (sum == kWholePercent) return routing;
  return invalid_routing("Sum of routing configuration weights must equal 100. Received: " + std::to_string(sum));
}

void show_qualifiers(const storage::ExecutionRecord& record, Json& description) {
  if (record.machine_version != 0) {
    description["stateMachineVersionArn"] = version_arn(record.state_machine_arn, record.machine_version);
  }
  if (!record.machine_alias.empty()) {
    description["stateMachineAliasArn"] = alias_arn(record.state_machine_arn, record.machine_alias);
  }
}

std::vector<storage::Tag> read_tags(Members& members) {
  std::vector<storage::Tag> tags;
  const Json* list = members.list("tags");
  if (!list) return tags;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_object()) continue;
    Members tag((*list)[i], "tags." + std::to_string(i + 1) + ".member.", members);
    auto key = tag.string("key", {1, 128});
    auto value = tag.string("value", {0, 256}).value_or("");
    if (!key) continue;
    std::erase_if(tags, [&](const auto& known) { return known.key == *key; });
    tags.push_back({*std::move(key), std::move(value)});
  }
  return tags;
}

std::optional<ApiError> check_tags(const std::vector<storage::Tag>& tags) {
  if (tags.size() > limits::kTags) {
    return ApiError("TooManyTags", "Too many tags: at most " + std::to_string(limits::kTags) + " are accepted");
  }
  for (const auto& tag : tags) {
    if (tag.key.starts_with("aws:")) {
      return validation_error("Tag keys that begin with aws: are AWS's own. Received: " + tag.key);
    }
  }
  return std::nullopt;
}

ApiError resource_not_found(const std::string& arn) {
  ApiError error("ResourceNotFound", "Resource not found: '" + arn + "'");
  error.members.emplace_back("resourceName", arn);
  return error;
}

}  // namespace stepd::api
