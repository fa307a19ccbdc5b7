// Compiles a state machine definition (ASL) for the engine.
//
// 1. The result is a complete Definition or none. All faults are reported at once, so an author can correct them in one
//    pass.
// 2. Warnings do not prevent a Definition.
// 3. Compilation parses every JSONPath, payload template and call of an intrinsic function, so an execution does not
//    meet a syntax error in one.
#pragma once

#include "base/json.h"
#include "engine/asl/grammar.h"

#include <memory>
#include <string>
#include <string_view>

namespace stepd::core {

struct Compiled {
  std::shared_ptr<const asl::Definition> definition;  ///< null if a diagnostic is an Error, and if options.templated
  asl::Diagnostics diagnostics;                       ///< faults and warnings
};

/// `definition` has its ${placeholders} already replaced, unless options.templated is set: then it is only checked.
Compiled compile(const Json& definition, const asl::ParseOptions& options = {});
Compiled compile(const char*, const asl::ParseOptions& = {}) = delete;  // would be a JSON string
Compiled compile(const std::string&, const asl::ParseOptions& = {}) = delete;
/// The same for JSON text of at most limits::kDefinitionBytes.
Compiled compile_text(std::string_view definition, const asl::ParseOptions& options = {});

}  // namespace stepd::core
