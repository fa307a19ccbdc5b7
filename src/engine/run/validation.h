// What is wrong with a definition before there is a state machine of it. Nothing is stored.
#pragma once

#include "engine/asl/diagnostic.h"
#include "storage/store.h"

#include <string_view>

namespace stepd::run {

/// Errors and warnings, in AWS's order. What is valid and cannot be run here is an Error of its own code.
asl::Diagnostics validate_definition(std::string_view definition, storage::StateMachineType type);

}  // namespace stepd::run
