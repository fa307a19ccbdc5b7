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

std::optional<run::StartExecution> read_plain_start(const Value& arguments) {
  run::StartExecution request;
  for (const auto& [key, value] : arguments.members()) {
    if (!value.is_string()) return std::nullopt;
    const auto text = value.string();
    if (key == "stateMachineArn") {
      request.state_machine_arn = text;
    } else if (key == "input" && text.size() <= rules::kPayload.length_max) {
      request.input = text;
    } else if (key == "name" && !text.empty() && text.size() <= rules::kName.length_max) {
      request.name = text;
    } else {
      return std::nullopt;
    }
  }
  const auto& arn = request.state_machine_arn;
  if (arn.size() > rules::kArn.length_max || !state_machine_arn(arn).has_value()) return std::nullopt;
  return request;
}

}  // namespace stepd::api
