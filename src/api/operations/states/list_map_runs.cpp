// ListMapRuns (AWS API reference): no execution has any, as Map states in DISTRIBUTED mode are not run.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("executionArn", rules::kArn);
  read_page_size(members);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(arn); !parsed.has_value()) return parsed.error();
  if (!backend.reader.execution(arn)) return execution_does_not_exist(arn);
  // There is never a second page for a token to lead to.
  if (token) return invalid_token();
  return Json{{"mapRuns", Json::array()}};
}

}  // namespace

extern const Operation list_map_runs;
const Operation list_map_runs{"ListMapRuns", [](const Json& arguments, const Backend& backend, Answered answered) {
                                answered(answer(arguments, backend));
                              }};

}  // namespace stepd::api
