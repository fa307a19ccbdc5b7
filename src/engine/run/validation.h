// What is wrong with a definition, asked at every door by which one comes in: CreateStateMachine, UpdateStateMachine,
// ValidateStateMachineDefinition, and the commands and the configuration of the daemon.
#pragma once

#include "engine/asl/grammar.h"
#include "storage/store.h"

#include <functional>
#include <string_view>

namespace stepd::run {

/// Warnings about what a definition's tasks name, by who would carry them out.
using TaskCheck = std::function<asl::Diagnostics(const Json& definition)>;

asl::ParseOptions parse_options(storage::StateMachineType type);

/// All errors and warnings in AWS's order, then those of `check_tasks`, which may be empty. A state machine cannot be
/// created if one of them is an Error.
asl::Diagnostics validate_definition(std::string_view definition, const asl::ParseOptions& options,
                                     const TaskCheck& check_tasks);

}  // namespace stepd::run
