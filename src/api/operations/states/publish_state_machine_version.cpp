// PublishStateMachineVersion (AWS API reference): idempotent by revision, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"
#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::PublishVersion> read(const Json& arguments) {
  Members members(arguments);
  run::PublishVersion request;
  request.arn = members.required_string("stateMachineArn", rules::kArn);
  request.revision_id = members.string("revisionId", {});
  request.description = members.string("description", rules::kDescription).value_or("");
  if (auto fault = members.fault()) return std::move(*fault);
  const auto arn = read_machine_arn(request.arn);
  if (!arn.has_value()) return arn.error();
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  const auto arn = request->arn;
  backend.gateway.publish_version(
      std::move(*request), rendered<run::PublishedVersion>(answered, [arn](const run::PublishedVersion& published) {
        return Json{{"creationDate", to_epoch_seconds(published.created_at)},
                    {"stateMachineVersionArn", run::version_arn(arn, published.number)}};
      }));
}

}  // namespace

extern const Operation publish_state_machine_version;
const Operation publish_state_machine_version{"PublishStateMachineVersion", run_it};

}  // namespace stepd::api
