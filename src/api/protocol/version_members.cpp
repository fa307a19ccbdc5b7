#include "api/protocol/version_members.h"

#include "api/protocol/arn_parser.h"
#include "base/limits.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::api {
namespace {

constexpr std::size_t kRoutesMax = 2;
constexpr std::uint32_t kWholePercent = 100;

ApiError invalid_version_arn(const std::string& text) {
  return {"InvalidArn", "Invalid Arn: 'Invalid ARN: " + text + "'"};
}

ApiError invalid_routing(std::string message) {
  return validation_error(std::move(message), "INVALID_ROUTING_CONFIGURATION");
}

std::string list_of(const std::vector<RequestedRoute>& requested) {
  std::string list;
  for (const auto& route : requested) list += (list.empty() ? "" : ", ") + route.version_arn;
  return "[" + list + "]";
}

/// As Java prints the list in AWS's message.
std::string java_list_of(const std::vector<RequestedRoute>& requested) {
  std::string list;
  for (const auto& route : requested) {
    list += (list.empty() ? "" : ", ") + std::string("RoutingConfigurationListItem(stateMachineVersionArn=") +
            route.version_arn + ", weight=" + std::to_string(route.weight) + ")";
  }
  return "[" + list + "]";
}

/// What is wrong whichever versions there are. AWS looks for it first.
std::optional<ApiError> find_routing_fault(const std::vector<RequestedRoute>& requested) {
  std::set<std::string_view> arns;
  std::string weights;
  std::uint32_t sum = 0;
  for (const auto& route : requested) {
    arns.insert(route.version_arn);
    weights += (weights.empty() ? "" : ", ") + std::to_string(route.weight);
    sum += route.weight;
  }
  if (arns.size() < requested.size()) {
    return invalid_routing("Routing configuration must contain distinct state machine version ARNs. Received: " +
                           list_of(requested));
  }
  if (sum == kWholePercent) return std::nullopt;
  return invalid_routing("Sum of routing configuration weights must equal 100. Received: [" + weights + "]");
}

/// AWS API reference, Tag: letters, digits, blanks and _ . : / = + - @; beyond ASCII everything is taken for a letter.
bool is_tag_character(char c) {
  constexpr std::string_view kSymbols = " _.:/=+-@";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80) != 0;
  return letter || (c >= '0' && c <= '9') || kSymbols.find(c) != std::string_view::npos;
}

void check_tag_characters(Members& tag, const char* name, const std::string& text) {
  if (std::all_of(text.begin(), text.end(), is_tag_character)) return;
  tag.violates(name, text, "Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
}

/// AWS keeps the prefix for itself, in whatever case.
bool is_reserved(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' && (key[2] | 0x20) == 's' && key[3] == ':';
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

Checked<std::string> read_machine_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  if (!parsed->qualifier.empty()) return invalid_version_arn(text);
  return text;
}

Checked<std::string> read_taggable_arn(const std::string& text) {
  if (const auto parsed = parse_arn(text); parsed.has_value() && parsed->type == "activity") {
    const auto activity = activity_arn(text);
    if (!activity.has_value()) return activity.error();
    return text;
  }
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  // Versions and aliases have no tags of their own.
  if (!parsed->qualifier.empty()) return resource_not_found(text, "Resource not found: '" + text + "'");
  return text;
}

Checked<run::VersionName> read_version_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  const auto number = run::version_number(parsed->qualifier);
  if (!number) return invalid_version_arn(text);
  return run::VersionName{unqualified(text), *number};
}

Checked<run::AliasName> read_alias_arn(const std::string& text) {
  const auto parsed = state_machine_arn(text);
  if (!parsed.has_value()) return parsed.error();
  if (!is_alias_name(parsed->qualifier)) return invalid_version_arn(text);
  return run::AliasName{unqualified(text), parsed->qualifier};
}

void check_alias_name(Members& members, const std::string& name) {
  if (!members.has("name") || is_alias_name(name)) return;
  members.violates("name", name,
                   "Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
}

std::vector<RequestedRoute> read_routing(Members& members) {
  std::vector<RequestedRoute> routes;
  for (auto& route : members.structures("routingConfiguration", {1})) {
    RequestedRoute requested;
    requested.version_arn = route.required_string("stateMachineVersionArn", rules::kArn);
    requested.weight = static_cast<std::uint32_t>(route.required_integer("weight", 0, kWholePercent));
    routes.push_back(std::move(requested));
  }
  if (routes.size() > kRoutesMax) {
    members.violates("routingConfiguration", java_list_of(routes),
                     "Member must have length less than or equal to " + std::to_string(kRoutesMax));
  }
  return routes;
}

Checked<Routing> to_routes(const std::vector<RequestedRoute>& requested) {
  if (auto fault = find_routing_fault(requested)) return *std::move(fault);
  Routing routing;
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
    routing.routes.push_back({*number, route.weight});
  }
  return routing;
}

void show_qualifiers(const storage::ExecutionSummary& record, Json& description) {
  if (record.machine_version != 0) {
    description["stateMachineVersionArn"] = run::version_arn(record.state_machine_arn, record.machine_version);
  }
  if (!record.machine_alias.empty()) {
    description["stateMachineAliasArn"] = run::alias_arn(record.state_machine_arn, record.machine_alias);
  }
}

std::vector<storage::Tag> read_tags(Members& members) {
  std::vector<storage::Tag> tags;
  for (auto& given : members.structures("tags")) {
    storage::Tag tag{given.required_string("key", rules::kTagKey), given.string("value", {0, 256}).value_or("")};
    check_tag_characters(given, "key", tag.key);
    check_tag_characters(given, "value", tag.value);
    std::erase_if(tags, [&](const auto& known) { return known.key == tag.key; });
    tags.push_back(std::move(tag));
  }
  return tags;
}

std::optional<ApiError> check_tags(const std::vector<storage::Tag>& tags) {
  if (tags.size() > limits::kTags) {
    return ApiError("TooManyTags", "Too many tags: at most " + std::to_string(limits::kTags) + " are accepted");
  }
  const bool reserved = std::any_of(tags.begin(), tags.end(), [](const auto& tag) { return is_reserved(tag.key); });
  if (reserved) return validation_error("aws: prefixed tag key names are not allowed for external use.");
  return std::nullopt;
}

}  // namespace stepd::api
