// DescribeStateMachine (AWS API reference).
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/shapes.h"
#include "engine/run/arn.h"

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

/// AWS API reference: a version has its own creation date and description. An alias is no state machine.
Checked<Json> describe_version(const std::string& arn, const run::QualifiedArn& parts, Inclusion included,
                               const storage::Reader& reader) {
  const auto number = run::version_number(parts.qualifier);
  const auto version = number ? reader.version(parts.machine, *number) : std::nullopt;
  if (!version) return state_machine_does_not_exist(arn);
  const auto record = reader.revision(parts.machine, version->revision_id);
  if (!record) return state_machine_does_not_exist(arn);
  Json description = render(*record, included);
  description["stateMachineArn"] = arn;
  description["creationDate"] = to_epoch_seconds(version->created_at);
  if (!version->description.empty()) description["description"] = version->description;
  return description;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineArn", rules::kArn);
  const auto included = read_included_data(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(arn); !parsed.has_value()) return parsed.error();
  const auto parts = run::split_qualifier(arn);
  if (!parts.qualifier.empty()) return describe_version(arn, parts, included, backend.reader);
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
