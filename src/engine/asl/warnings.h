// AWS's three warnings about valid fields that look like mistakes (API reference:
// ValidateStateMachineDefinitionDiagnostic).
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"

#include <string>
#include <string_view>

namespace stepd::asl {

/// Adds NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC for one JSONPath state, without the states nested in it.
void warn_of(const Json& state, std::string_view type, const std::string& pointer, Diagnostics& diagnostics);

}  // namespace stepd::asl
