// A start as the AWS API reference has it. Who starts, and how, is not known here.
#include "api/protocol/start_request.h"

#include "api/protocol/arn_parser.h"

namespace stepd::api {

Checked<run::StartExecution> read_start(Members& members) {
  run::StartExecution request;
  request.state_machine_arn = members.required_string("stateMachineArn", rules::kArn);
  request.name = members.string("name", rules::kName);
  request.input = members.string("input", rules::kPayload).value_or("{}");
  request.trace_header = members.string("traceHeader", rules::kTraceHeader).value_or("");
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(request.state_machine_arn); !parsed.has_value()) return parsed.error();
  return request;
}

}  // namespace stepd::api
