// From a definition's text or value to what the engine runs: all faults at once, or a Definition.
#pragma once

#include "base/json.h"
#include "engine/asl/grammar.h"

#include <memory>
#include <string>
#include <string_view>

namespace stepd::core {

struct Compiled {
  std::shared_ptr<const asl::Definition> definition;  ///< null when a diagnostic is an Error, and always when templated
  asl::Diagnostics diagnostics;                       ///< faults and warnings, in document order
};

/// Refused whole or compiled whole. `definition` has its ${placeholders} already filled in; a `templated` one is only
/// checked.
Compiled compile(const Json& definition, const asl::ParseOptions& options = {});
Compiled compile(const char*, const asl::ParseOptions& = {}) = delete;  // would be a JSON string
Compiled compile(const std::string&, const asl::ParseOptions& = {}) = delete;
/// The same for JSON text, which is limited to 1 MiB.
Compiled compile_text(std::string_view definition, const asl::ParseOptions& options = {});

}  // namespace stepd::core
