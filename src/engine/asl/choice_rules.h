// ChoiceRule: a Choice rule (ASL §Choice State), with And, Or, Not and the 39 comparisons, compiled into a tree.
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
  /// Next, Assign and Comment of `rule` are read by the caller. A JSONata rule is checked and not compiled. Faults go
  /// to `diagnostics`.
  static ChoiceRule compile(const Json& rule, const std::string& pointer, Diagnostics& diagnostics,
                            QueryLanguage language = QueryLanguage::JsonPath);

  /// States.Runtime if a path that has to exist does not.
  Result<bool> holds(const Scope& scope) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
