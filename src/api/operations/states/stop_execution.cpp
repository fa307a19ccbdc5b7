// StopExecution (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<run::StopExecution> read(const Json& arguments) {
  Members members(arguments);
  run::StopExecution request;
  request.execution_arn = members.required_string("executionArn", rules::kArn);
  request.error = members.string("error", rules::kError);
  request.cause = members.string("cause", rules::kCause);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(request.execution_arn); !parsed.has_value()) return parsed.error();
  return request;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  auto request = read(arguments);
  if (!request.has_value()) return answered(request.error());
  backend.gateway.stop_execution(std::move(*request),
                                 rendered<run::StoppedExecution>(answered, [](const run::StoppedExecution& stopped) {
                                   return Json{{"stopDate", to_epoch_seconds(stopped.stopped_at)}};
                                 }));
}

}  // namespace

extern const Operation stop_execution;
const Operation stop_execution{"StopExecution", run_it};

}  // namespace stepd::api
