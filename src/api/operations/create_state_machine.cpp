// CreateStateMachine (AWS API reference). Versions, tags and customer managed keys are not kept here.
#include "api/operations/operation.h"
#include "api/protocol/arn.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kTagsMax = 50;

/// Checked as AWS does, then dropped: no operation here shows tags.
std::optional<ApiError> check_tags(Members& members) {
  const Json* tags = members.list("tags");
  if (!tags) return std::nullopt;
  for (std::size_t i = 0; i < tags->size(); ++i) {
    if (!(*tags)[i].is_object()) continue;
    Members tag((*tags)[i], "tags." + std::to_string(i + 1) + ".member.", members);
    tag.string("key", {1, 128});
    tag.string("value", {0, 256});
  }
  if (tags->size() <= kTagsMax) return std::nullopt;
  return ApiError("TooManyTags", "Too many tags: at most " + std::to_string(kTagsMax) + " are accepted");
}

Checked<run::CreateStateMachine> read(const Json& arguments) {
  Members members(arguments);
  run::CreateStateMachine request;
  request.name = members.required_string("name", rules::kName);
  request.definition = members.required_string("definition", rules::kDefinition);
  request.role_arn = members.required_string("roleArn", rules::kArn);
  if (members.one_of("type", {"STANDARD", "EXPRESS"}) == "EXPRESS") request.type = storage::StateMachineType::Express;
  const bool publish = members.boolean("publish").value_or(false);
  const auto description = members.string("versionDescription", rules::kDescription);
  const auto too_many_tags = check_tags(members);
  auto configuration = read_configuration(members);
  if (!configuration.has_value()) return configuration.error();
  if (too_many_tags) return *too_many_tags;
  if (const auto fault = check_role_arn(request.role_arn)) return *fault;
  if (description && !publish) return validation_error("Version description can only be set when publish is true");
  if (publish) return validation_error("Versions of state machines are not available here: publish must be false");
  request.configuration = print_json(*configuration);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.create_state_machine(
      std::move(*request), rendered<run::CreatedStateMachine>(answered, [](const run::CreatedStateMachine& created) {
        return Json{{"stateMachineArn", created.arn}, {"creationDate", to_epoch_seconds(created.created_at)}};
      }));
}

}  // namespace

extern const Operation create_state_machine;
const Operation create_state_machine{"CreateStateMachine", run_it};

}  // namespace stepd::api
