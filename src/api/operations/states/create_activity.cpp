// CreateActivity (AWS API reference): idempotent by name and encryption, which is the engine's to judge.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::CreateActivity> read(const Json& arguments) {
  Members members(arguments);
  run::CreateActivity request;
  request.name = members.required_string("name", rules::kName);
  request.tags = read_tags(members);
  const auto encryption = read_encryption_configuration(members);
  if (!encryption.has_value()) return encryption.error();
  if (const auto fault = check_tags(request.tags)) return *fault;
  request.configuration = print_json(*encryption);
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.create_activity(
      std::move(*request), rendered<run::CreatedActivity>(answered, [](const run::CreatedActivity& created) {
        return Json{{"activityArn", created.arn}, {"creationDate", to_epoch_seconds(created.created_at)}};
      }));
}

}  // namespace

extern const Operation create_activity;
const Operation create_activity{"CreateActivity", run_it};

}  // namespace stepd::api
