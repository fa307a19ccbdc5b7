// DescribeStateMachineAlias (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"
#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Json render(const storage::AliasRecord& record) {
  Json routing = Json::array();
  for (const auto& route : record.routes) {
    routing.push_back(
        {{"stateMachineVersionArn", run::version_arn(record.machine_arn, route.version)}, {"weight", route.weight}});
  }
  Json description{{"stateMachineAliasArn", run::alias_arn(record.machine_arn, record.name)}, {"name", record.name}};
  if (!record.description.empty()) description["description"] = record.description;
  description["routingConfiguration"] = std::move(routing);
  description["creationDate"] = to_epoch_seconds(record.created_at);
  description["updateDate"] = to_epoch_seconds(record.updated_at);
  return description;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineAliasArn", rules::kArn);
  if (auto fault = members.fault()) return std::move(*fault);
  const auto name = read_alias_arn(arn);
  if (!name.has_value()) return name.error();
  const auto record = backend.reader.alias(name->arn, name->name);
  if (!record) return resource_not_found(arn, "Request references a resource that does not exist.");
  return render(*record);
}

}  // namespace

extern const Operation describe_state_machine_alias;
const Operation describe_state_machine_alias{
    "DescribeStateMachineAlias",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
