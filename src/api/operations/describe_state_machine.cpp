// DescribeStateMachine (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/arn.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Json render(const storage::StateMachineRecord& record, Inclusion included) {
  Json description{
      {"stateMachineArn", record.arn},
      {"name", record.name},
      {"status", "ACTIVE"},
      {"definition", included == Inclusion::All ? record.definition : "{}"},
      {"roleArn", record.role_arn},
      {"type", type_name(record.type)},
      {"creationDate", to_epoch_seconds(record.created_at)},
  };
  show_configuration(record.configuration, description);
  show_revision(record, description);
  return description;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineArn", rules::kArn);
  const auto included = read_included_data(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(arn); !parsed.has_value()) return parsed.error();
  const auto record = backend.reader.state_machine(arn);
  if (!record) return state_machine_does_not_exist(arn);
  return render(*record, included);
}

}  // namespace

extern const Operation describe_state_machine;
const Operation describe_state_machine{
    "DescribeStateMachine",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
