// Choice rules (ASL §Choice State): And, Or, Not and the 39 comparisons, compiled into a tree.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/query_language.h"
#include "engine/asl/scope.h"

#include <memory>
#include <string>

namespace stepd::asl {

/// Immutable, any thread.
class ChoiceRule {
 public:
  /// `rule` may also hold Next, Assign and Comment, which are left to the caller. A JSONata rule is checked and not
  /// compiled.
  static ChoiceRule compile(const Json& rule, const std::string& pointer, Diagnostics& diagnostics,
                            QueryLanguage language = QueryLanguage::JsonPath);

  /// States.Runtime where a path that must exist does not.
  Result<bool> holds(const Scope& scope) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
