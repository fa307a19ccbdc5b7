// CreateStateMachineAlias (AWS API reference): idempotent, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"
#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::CreateAlias> read(const Json& arguments) {
  Members members(arguments);
  run::CreateAlias request;
  request.description = members.string("description", rules::kDescription).value_or("");
  request.name = members.required_string("name", rules::kName);
  check_alias_name(members, request.name);
  const auto requested = read_routing(members);
  members.require("routingConfiguration");
  if (auto fault = members.fault()) return std::move(*fault);
  auto routing = to_routes(requested);
  if (!routing.has_value()) return routing.error();
  request.arn = std::move(routing->machine_arn);
  request.routes = std::move(routing->routes);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  const auto arn = run::alias_arn(request->arn, request->name);
  backend.gateway.create_alias(
      std::move(*request), rendered<run::CreatedAlias>(answered, [arn](const run::CreatedAlias& created) {
        return Json{{"stateMachineAliasArn", arn}, {"creationDate", to_epoch_seconds(created.created_at)}};
      }));
}

}  // namespace

extern const Operation create_state_machine_alias;
const Operation create_state_machine_alias{"CreateStateMachineAlias", run_it};

}  // namespace stepd::api
