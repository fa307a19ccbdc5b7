// UntagResource (AWS API reference), of state machines: keys that are not there are removed with success.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::TagChange> read(const Json& arguments) {
  Members members(arguments);
  run::TagChange request;
  request.arn = members.required_string("resourceArn", rules::kArn);
  request.removed = members.strings("tagKeys", rules::kTagKey);
  members.require("tagKeys");
  if (auto fault = members.fault()) return std::move(*fault);
  const auto arn = read_taggable_arn(request.arn);
  if (!arn.has_value()) return arn.error();
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.change_tags(std::move(*request),
                              rendered<std::monostate>(answered, [](std::monostate) { return Json::object(); }));
}

}  // namespace

extern const Operation untag_resource;
const Operation untag_resource{"UntagResource", run_it};

}  // namespace stepd::api
