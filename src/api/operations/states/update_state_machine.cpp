// UpdateStateMachine (AWS API reference): a new revision; what is not given stays.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"
#include "base/payload.h"
#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::UpdateStateMachine> read(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  run::UpdateStateMachine request;
  request.arn = members.required_string("stateMachineArn", rules::kArn);
  request.definition = members.string("definition", rules::kDefinition);
  request.role_arn = members.string("roleArn", rules::kArn);
  request.publish = members.boolean("publish").value_or(false);
  const auto description = members.string("versionDescription", rules::kDescription);
  const auto configuration = read_configuration(members);
  if (!configuration.has_value()) return configuration.error();
  const auto arn = state_machine_arn(request.arn);
  if (!arn.has_value()) return arn.error();
  // A version never changes, and to AWS there is no state machine of that name.
  if (!arn->qualifier.empty()) return state_machine_does_not_exist(request.arn);
  if (request.role_arn) {
    if (const auto fault = check_role_arn(*request.role_arn)) return *fault;
  }
  if (description && !request.publish)
    return validation_error("Version description can only be set when publish is true");
  request.version_description = description.value_or("");

  Json changes = Json::object();
  for (const auto& [name, value] : configuration->items()) {
    if (members.has(name.c_str())) changes[name] = value;
  }
  if (!request.definition && !request.role_arn && changes.empty()) {
    return ApiError(
        "MissingRequiredParameter",
        "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
        "specified");
  }
  if (changes.empty()) return request;
  const auto present = backend.reader.state_machine(request.arn);
  if (!present) return state_machine_does_not_exist(request.arn);
  Json merged = Json::object();
  show_configuration(present->configuration, merged);
  for (const auto& [name, value] : changes.items()) merged[name] = value;
  request.configuration = print_json(merged);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments, backend);
  if (!request.has_value()) return answered(request.error());
  const auto arn = request->arn;
  backend.gateway.update_state_machine(
      std::move(*request), rendered<run::UpdatedStateMachine>(answered, [arn](const run::UpdatedStateMachine& updated) {
        Json answer{{"updateDate", to_epoch_seconds(updated.updated_at)}};
        if (!updated.revision_id.empty()) answer["revisionId"] = updated.revision_id;
        if (updated.version != 0) answer["stateMachineVersionArn"] = run::version_arn(arn, updated.version);
        return answer;
      }));
}

}  // namespace

extern const Operation update_state_machine;
const Operation update_state_machine{"UpdateStateMachine", run_it};

}  // namespace stepd::api
