// DeleteStateMachineVersion (AWS API reference): one that does not exist is deleted with success.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::VersionName> read(const Json& arguments) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineVersionArn", rules::kLongArn);
  if (auto fault = members.fault()) return std::move(*fault);
  return read_version_arn(arn);
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.delete_version(std::move(*request),
                                 rendered<std::monostate>(answered, [](std::monostate) { return Json::object(); }));
}

}  // namespace

extern const Operation delete_state_machine_version;
const Operation delete_state_machine_version{"DeleteStateMachineVersion", run_it};

}  // namespace stepd::api
