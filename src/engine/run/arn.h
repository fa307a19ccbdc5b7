// The engine's Amazon Resource Names: how they are put together and taken apart.
#pragma once

#include <string>
#include <string_view>

namespace stepd::run {

std::string state_machine_arn(std::string_view region, std::string_view account, std::string_view name);

/// `...:stateMachine:NAME` and the execution's name to `...:execution:NAME:EXECUTION` (`express` of EXPRESS ones).
std::string execution_arn(std::string_view state_machine_arn, std::string_view execution);

/// The last part.
std::string name_of(std::string_view arn);

/// AWS API reference, CreateStateMachine and StartExecution: 1 to 80 characters, no white space, brackets, wildcards,
/// control characters or `"#%\^|~`$&,;:/`. Names of executions follow the same rule.
bool is_name(std::string_view name);

}  // namespace stepd::run
