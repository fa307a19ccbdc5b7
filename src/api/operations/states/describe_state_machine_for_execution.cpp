// DescribeStateMachineForExecution (AWS API reference): the revision that an execution runs or ran.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Json render(const storage::StateMachineRecord& record, Inclusion included) {
  Json description{
      {"stateMachineArn", record.arn},
      {"name", record.name},
      {"definition", included == Inclusion::All ? record.definition : "{}"},
      {"roleArn", record.role_arn},
      {"updateDate", to_epoch_seconds(record.updated_at)},
  };
  show_configuration(record.configuration, description);
  show_revision(record, description);
  return description;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("executionArn", rules::kArn);
  const auto included = read_included_data(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(arn); !parsed.has_value()) return parsed.error();
  const auto execution = backend.reader.execution(arn);
  if (!execution) return execution_does_not_exist(arn);
  const auto record = backend.reader.revision(execution->state_machine_arn, execution->revision_id);
  if (!record) return state_machine_does_not_exist(execution->state_machine_arn);
  return render(*record, included);
}

}  // namespace

extern const Operation describe_state_machine_for_execution;
const Operation describe_state_machine_for_execution{
    "DescribeStateMachineForExecution",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
