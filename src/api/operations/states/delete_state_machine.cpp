// DeleteStateMachine (AWS API reference): one that does not exist is deleted with success.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<std::string> read(const Json& arguments) {
  Members members(arguments);
  auto arn = members.required_string("stateMachineArn", rules::kArn);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(arn); !parsed.has_value()) return parsed.error();
  return arn;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto arn = read(arguments);
  if (!arn.has_value()) return answered(arn.error());
  backend.gateway.delete_state_machine(
      std::move(*arn), rendered<std::monostate>(answered, [](std::monostate) { return Json::object(); }));
}

}  // namespace

extern const Operation delete_state_machine;
const Operation delete_state_machine{"DeleteStateMachine", run_it};

}  // namespace stepd::api
