// From a definition's text or value to what the engine runs: all faults at once, or a Definition.
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"

#include <memory>
#include <string_view>

namespace stepd::asl {
struct Definition;
}

namespace stepd::core {

struct Compiled {
  std::shared_ptr<const asl::Definition> definition;  ///< null exactly when a diagnostic is an Error
  asl::Diagnostics diagnostics;                       ///< faults and warnings, in document order
};

/// Refused whole or compiled whole. `definition` has its ${placeholders} already filled in.
Compiled compile(const Json& definition);
/// The same for JSON text, which is limited to 1 MiB.
Compiled compile(std::string_view definition);

}  // namespace stepd::core
