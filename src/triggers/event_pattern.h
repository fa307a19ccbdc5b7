// Event patterns (EventBridge user guide: Event patterns, comparison operators): which events a rule wants.
// `cidr` is refused: nothing here has a source address worth comparing.
#pragma once

#include "base/json.h"
#include "engine/asl/diagnostic.h"

#include <memory>
#include <string>

namespace stepd::triggers {

/// Immutable, any thread.
class Pattern {
 public:
  /// Faults go to `diagnostics` under `pointer`; the pattern is then not to be used.
  static Pattern compile(const Json& value, const std::string& pointer, asl::Diagnostics& diagnostics);

  bool matches(const Json& event) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::triggers
