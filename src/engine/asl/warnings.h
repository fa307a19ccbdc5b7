// What is right and still looks like a mistake: AWS's three warnings (API reference:
// ValidateStateMachineDefinitionDiagnostic).
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"

#include <string>
#include <string_view>

namespace stepd::asl {

/// NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC of one JSONPath state, without the states beneath it.
void warn_of(const Json& state, std::string_view type, const std::string& pointer, Diagnostics& diagnostics);

}  // namespace stepd::asl
