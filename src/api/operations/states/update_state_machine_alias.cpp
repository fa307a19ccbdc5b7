// UpdateStateMachineAlias (AWS API reference): what is not given stays.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::UpdateAlias> read(const Json& arguments) {
  Members members(arguments);
  run::UpdateAlias request;
  const auto arn = members.required_string("stateMachineAliasArn", rules::kArn);
  request.description = members.string("description", rules::kDescription);
  const auto requested = read_routing(members);
  if (auto fault = members.fault()) return std::move(*fault);
  auto alias = read_alias_arn(arn);
  if (!alias.has_value()) return alias.error();
  request.arn = std::move(alias->arn);
  request.name = std::move(alias->name);
  if (!members.has("routingConfiguration")) {
    if (request.description) return request;
    return validation_error("Either the description or the routingConfiguration must be specified",
                            "MISSING_REQUIRED_PARAMETER");
  }
  auto routing = to_routes(requested);
  if (!routing.has_value()) return routing.error();
  if (routing->machine_arn != request.arn) {
    return validation_error("Routing configuration must contain versions of the alias's state machine.",
                            "INVALID_ROUTING_CONFIGURATION");
  }
  request.routes = std::move(routing->routes);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.update_alias(std::move(*request),
                               rendered<run::UpdatedAlias>(answered, [](const run::UpdatedAlias& updated) {
                                 return Json{{"updateDate", to_epoch_seconds(updated.updated_at)}};
                               }));
}

}  // namespace

extern const Operation update_state_machine_alias;
const Operation update_state_machine_alias{"UpdateStateMachineAlias", run_it};

}  // namespace stepd::api
