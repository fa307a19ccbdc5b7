// ListActivities (AWS API reference): by ARN, in pages.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr const char* kScope = "ListActivities";

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto limit = read_page_size(members);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  Checked<std::string> after = std::string();
  if (token) after = read_page_token(*token, kScope, backend.clock.now());
  if (!after.has_value()) return after.error();
  auto records = backend.reader.activities(*after, limit + 1);
  Json page{{"activities", Json::array()}};
  if (records.size() > limit) {
    records.resize(limit);
    page["nextToken"] = make_page_token(kScope, records.back().arn, backend.clock.now());
  }
  for (const auto& [arn, name, configuration, created_at] : records) {
    page["activities"].push_back(
        {{"activityArn", arn}, {"name", name}, {"creationDate", to_epoch_seconds(created_at)}});
  }
  return page;
}

}  // namespace

extern const Operation list_activities;
const Operation list_activities{"ListActivities", [](const Json& arguments, const Backend& backend, Answered answered) {
                                  answered(answer(arguments, backend));
                                }};

}  // namespace stepd::api
