// UpdateMapRun (AWS API reference): there is none to change, as Map states in DISTRIBUTED mode are not run.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments) {
  Members members(arguments);
  const auto arn = members.required_string("mapRunArn", rules::kLongArn);
  members.integer("maxConcurrency", 0, std::numeric_limits<std::int32_t>::max());
  members.number("toleratedFailurePercentage", 0, 100);
  members.integer("toleratedFailureCount", 0, std::numeric_limits<std::int64_t>::max());
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = map_run_arn(arn); !parsed.has_value()) return parsed.error();
  return map_run_not_found(arn);
}

}  // namespace

extern const Operation update_map_run;
const Operation update_map_run{
    "UpdateMapRun", [](const Json& arguments, const Backend&, Answered answered) { answered(answer(arguments)); }};

}  // namespace stepd::api
