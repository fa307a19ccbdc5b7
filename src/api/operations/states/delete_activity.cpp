// DeleteActivity (AWS API reference): one that is not there is deleted with success.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  auto arn = members.required_string("activityArn", rules::kArn);
  if (auto fault = members.fault()) return answered(std::move(*fault));
  if (const auto parsed = activity_arn(arn); !parsed.has_value()) return answered(parsed.error());
  backend.gateway.delete_activity(std::move(arn),
                                  rendered<std::monostate>(answered, [](std::monostate) { return Json::object(); }));
}

}  // namespace

extern const Operation delete_activity;
const Operation delete_activity{"DeleteActivity", run_it};

}  // namespace stepd::api
