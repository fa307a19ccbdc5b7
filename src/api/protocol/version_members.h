// What the operations on versions, aliases and tags share: their ARNs, routes and tags as a request has them. Which
// of these exist is not known here.
#pragma once

#include "api/protocol/api_error.h"
#include "api/protocol/members.h"
#include "storage/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::api {

/// `arn` without a version or alias.
std::string unqualified(const std::string& arn);

/// The ARN of a state machine itself: InvalidArn for one with a version or alias.
Checked<std::string> read_machine_arn(const std::string& text);
/// The ARN of what can have tags: a state machine itself or an activity.
Checked<std::string> read_taggable_arn(const std::string& text);
Checked<run::VersionName> read_version_arn(const std::string& text);
Checked<run::AliasName> read_alias_arn(const std::string& text);

/// AWS API reference, CreateStateMachineAlias: `^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`.
void check_alias_name(Members& members, const std::string& name);

/// The routes of `routingConfiguration` as the request has them.
struct RequestedRoute {
  std::string version_arn;
  std::uint32_t weight = 0;
};
/// Takes the member; whether it makes sense is for to_routes() to say, after the request's faults.
std::vector<RequestedRoute> read_routing(Members& members);
struct Routing {
  std::string machine_arn;
  std::vector<storage::Route> routes;
};
/// ValidationException INVALID_ROUTING_CONFIGURATION unless these are different versions of one state machine with
/// weights of 100 in sum.
Checked<Routing> to_routes(const std::vector<RequestedRoute>& requested);

/// `stateMachineVersionArn` and `stateMachineAliasArn` of an execution that was started by them.
void show_qualifiers(const storage::ExecutionSummary& record, Json& description);

/// `tags`; of several with one key the last counts.
std::vector<storage::Tag> read_tags(Members& members);
/// More tags than a resource may have, or a key that is AWS's own.
std::optional<ApiError> check_tags(const std::vector<storage::Tag>& tags);

}  // namespace stepd::api
