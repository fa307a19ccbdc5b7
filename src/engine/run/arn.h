// The engine's Amazon Resource Names: how they are put together and taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::run {

std::string state_machine_arn(std::string_view region, std::string_view account, std::string_view name);

std::string activity_arn(std::string_view region, std::string_view account, std::string_view name);

/// `...:stateMachine:NAME` and the execution's name to `...:execution:NAME:EXECUTION`.
std::string execution_arn(std::string_view state_machine_arn, std::string_view execution);

/// A state machine's ARN, apart from the version or alias after it; empty if there is none.
struct QualifiedArn {
  std::string machine;
  std::string qualifier;
};
QualifiedArn split_qualifier(std::string_view state_machine_arn);

std::string version_arn(std::string_view machine_arn, std::uint32_t number);
std::string alias_arn(std::string_view machine_arn, std::string_view name);

/// The number of a version; none if the qualifier is an alias's name.
std::optional<std::uint32_t> version_number(std::string_view qualifier);

/// `...:express:NAME:EXECUTION:UUID`, as names of EXPRESS executions may repeat.
std::string express_execution_arn(std::string_view state_machine_arn, std::string_view execution,
                                  std::string_view uuid);

/// The last part.
std::string name_of(std::string_view arn);

/// AWS API reference, CreateStateMachine and StartExecution: 1 to 80 characters, no white space, brackets, wildcards,
/// control characters or `"#%\^|~`$&,;:/`. Names of executions follow the same rule.
bool is_name(std::string_view name);

}  // namespace stepd::run
