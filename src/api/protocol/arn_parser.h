// Step Functions ARNs: which kind of resource one names. Whether the resource exists is not known here.
#pragma once

#include "api/protocol/api_error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

/// The parts of `arn:PARTITION:states:REGION:ACCOUNT:TYPE:NAME...`.
struct Arn {
  std::string type;       ///< stateMachine, execution, express, activity, mapRun
  std::string name;       ///< of the state machine or activity, with `/LABEL` if there is one
  std::string qualifier;  ///< what follows the name: version, alias, execution name; empty if nothing does
};

/// Any ARN's parts between its colons.
std::vector<std::string> split_arn(std::string_view text);

Checked<Arn> parse_arn(std::string_view text);

/// A state machine, with or without version or alias. One with the label of a Map state is a ValidationException.
Checked<Arn> state_machine_arn(std::string_view text);
/// An execution of a STANDARD state machine: EXPRESS ones are not served by the operations that take an execution.
Checked<Arn> standard_execution_arn(std::string_view text);
Checked<Arn> activity_arn(std::string_view text);
Checked<Arn> map_run_arn(std::string_view text);
/// InvalidArn unless `text` names an IAM role. Roles are kept and shown; nobody assumes them.
std::optional<ApiError> check_role_arn(std::string_view text);

}  // namespace stepd::api
