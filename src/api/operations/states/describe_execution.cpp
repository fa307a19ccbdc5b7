// DescribeExecution (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// AWS has no such thing: a RUNNING execution that will not go on by itself says so in its cause.
std::string why_quarantined(const storage::QuarantineRecord& quarantine) {
  return "Quarantined since " + to_rfc3339(quarantine.at) +
         (quarantine.state.empty() ? "" : ", in the state '" + quarantine.state + "'") + ": " + quarantine.cause;
}

Json render(const storage::ExecutionRecord& record, const std::optional<std::string>& why_not_redrivable,
            Inclusion included) {
  const bool all = included == Inclusion::All;
  Json description{
      {"executionArn", record.arn},           {"stateMachineArn", record.state_machine_arn},      {"name", record.name},
      {"status", status_name(record.status)}, {"startDate", to_epoch_seconds(record.started_at)},
  };
  show_qualifiers(record, description);
  if (record.stopped_at) description["stopDate"] = to_epoch_seconds(*record.stopped_at);
  if (all) description["input"] = record.input;
  description["inputDetails"] = Json{{"included", all}};
  if (record.output) {
    if (all) description["output"] = *record.output;
    description["outputDetails"] = Json{{"included", all}};
  }
  if (record.error) description["error"] = *record.error;
  if (record.cause) description["cause"] = *record.cause;
  if (record.quarantine) description["cause"] = why_quarantined(*record.quarantine);
  if (!record.trace_header.empty()) description["traceHeader"] = record.trace_header;
  show_redrives(record, description);
  description["redriveStatus"] = why_not_redrivable ? "NOT_REDRIVABLE" : "REDRIVABLE";
  if (why_not_redrivable) description["redriveStatusReason"] = *why_not_redrivable;
  return description;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("executionArn", rules::kArn);
  const auto included = read_included_data(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(arn); !parsed.has_value()) return parsed.error();
  const auto record = backend.reader.execution(arn);
  if (!record) return execution_does_not_exist(arn);
  return render(*record, backend.gateway.why_not_redrivable(*record), included);
}

}  // namespace

extern const Operation describe_execution;
const Operation describe_execution{
    "DescribeExecution",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
