// DescribeActivity (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("activityArn", rules::kArn);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = activity_arn(arn); !parsed.has_value()) return parsed.error();
  const auto record = backend.reader.activity(arn);
  if (!record) return ApiError("ActivityDoesNotExist", "Activity Does Not Exist: '" + arn + "'");
  const auto encryption = parse_json(record->configuration);
  return Json{{"activityArn", record->arn},
              {"name", record->name},
              {"creationDate", to_epoch_seconds(record->created_at)},
              {"encryptionConfiguration", encryption ? *encryption : Json::object()}};
}

}  // namespace

extern const Operation describe_activity;
const Operation describe_activity{"DescribeActivity", [](const Json& arguments, const Backend& backend,
                                                         Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
