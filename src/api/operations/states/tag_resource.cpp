// TagResource (AWS API reference), of state machines and activities.
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
  request.put = read_tags(members);
  members.require("tags");
  if (auto fault = members.fault()) return std::move(*fault);
  const auto arn = read_taggable_arn(request.arn);
  if (!arn.has_value()) return arn.error();
  if (const auto fault = check_tags(request.put)) return *fault;
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.change_tags(std::move(*request),
                              rendered<std::monostate>(answered, [](std::monostate) { return Json::object(); }));
}

}  // namespace

extern const Operation tag_resource;
const Operation tag_resource{"TagResource", run_it};

}  // namespace stepd::api
