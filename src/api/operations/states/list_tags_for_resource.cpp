// ListTagsForResource (AWS API reference), of state machines and activities.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/version_members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto text = members.required_string("resourceArn", rules::kArn);
  if (auto fault = members.fault()) return std::move(*fault);
  const auto arn = read_taggable_arn(text);
  if (!arn.has_value()) return arn.error();
  if (!backend.reader.state_machine(*arn) && !backend.reader.activity(*arn))
    return resource_not_found(*arn, "Resource not found: '" + *arn + "'");
  Json tags = Json::array();
  for (const auto& tag : backend.reader.tags(*arn)) tags.push_back({{"key", tag.key}, {"value", tag.value}});
  return Json{{"tags", std::move(tags)}};
}

}  // namespace

extern const Operation list_tags_for_resource;
const Operation list_tags_for_resource{
    "ListTagsForResource",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
