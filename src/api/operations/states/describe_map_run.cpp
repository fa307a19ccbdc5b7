// DescribeMapRun (AWS API reference): there is none to describe, as Map states in DISTRIBUTED mode are not run.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments) {
  Members members(arguments);
  const auto arn = members.required_string("mapRunArn", rules::kLongArn);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = map_run_arn(arn); !parsed.has_value()) return parsed.error();
  return map_run_not_found(arn);
}

}  // namespace

extern const Operation describe_map_run;
const Operation describe_map_run{
    "DescribeMapRun", [](const Json& arguments, const Backend&, Answered answered) { answered(answer(arguments)); }};

}  // namespace stepd::api
