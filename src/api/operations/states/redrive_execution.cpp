// RedriveExecution (AWS API reference): once more from where it ended, idempotent by the client's token.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::RedriveExecution> read(const Json& arguments) {
  Members members(arguments);
  run::RedriveExecution request;
  request.execution_arn = members.required_string("executionArn", rules::kArn);
  request.client_token = members.string("clientToken", rules::kClientToken);
  const auto is_visible = [](char c) { return c >= '!' && c <= '~'; };
  if (request.client_token && !std::all_of(request.client_token->begin(), request.client_token->end(), is_visible)) {
    members.violates("clientToken", request.client_token, "Member must satisfy regular expression pattern: [!-~]+");
  }
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(request.execution_arn); !parsed.has_value()) return parsed.error();
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.redrive_execution(
      std::move(*request), rendered<run::RedrivenExecution>(answered, [](const run::RedrivenExecution& redriven) {
        return Json{{"redriveDate", to_epoch_seconds(redriven.redriven_at)}};
      }));
}

}  // namespace

extern const Operation redrive_execution;
const Operation redrive_execution{"RedriveExecution", run_it};

}  // namespace stepd::api
