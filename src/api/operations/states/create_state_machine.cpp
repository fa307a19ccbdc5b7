// CreateStateMachine (AWS API reference). Encryption settings are kept and shown; no key encrypts anything here.
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

Checked<run::CreateStateMachine> read(const Json& arguments) {
  Members members(arguments);
  run::CreateStateMachine request;
  request.name = members.required_string("name", rules::kName);
  request.definition = members.required_string("definition", rules::kDefinition);
  request.role_arn = members.required_string("roleArn", rules::kArn);
  if (members.one_of("type", {"STANDARD", "EXPRESS"}) == "EXPRESS") request.type = storage::StateMachineType::Express;
  request.publish = members.boolean("publish").value_or(false);
  const auto description = members.string("versionDescription", rules::kDescription);
  request.tags = read_tags(members);
  auto configuration = read_configuration(members);
  if (!configuration.has_value()) return configuration.error();
  if (const auto fault = check_tags(request.tags)) return *fault;
  if (const auto fault = check_role_arn(request.role_arn)) return *fault;
  if (description && !request.publish)
    return validation_error("Version description can only be set when publish is true");
  request.version_description = description.value_or("");
  request.configuration = print_json(*configuration);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.create_state_machine(
      std::move(*request), rendered<run::CreatedStateMachine>(answered, [](const run::CreatedStateMachine& created) {
        Json answer{{"stateMachineArn", created.arn}, {"creationDate", to_epoch_seconds(created.created_at)}};
        if (created.version != 0) answer["stateMachineVersionArn"] = run::version_arn(created.arn, created.version);
        return answer;
      }));
}

}  // namespace

extern const Operation create_state_machine;
const Operation create_state_machine{"CreateStateMachine", run_it};

}  // namespace stepd::api
