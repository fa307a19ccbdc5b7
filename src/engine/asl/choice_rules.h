// ChoiceRule: a Choice rule (ASL §Choice State), compiled: a tree of And, Or, Not and the 39 comparisons, or the
// Condition of JSONata.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/evaluation_error.h"
#include "engine/asl/query_language.h"
#include "engine/asl/scope.h"

#include <memory>
#include <string>

namespace stepd::asl {

/// Immutable, any thread.
class ChoiceRule {
 public:
  /// Next, Assign, Output and Comment of `rule` are read by the caller. Faults go to `diagnostics`. `location` is that
  /// of the rule within its state: "Choices[0]".
  static ChoiceRule compile(const Json& rule, const std::string& pointer, Diagnostics& diagnostics,
                            QueryLanguage language = QueryLanguage::JsonPath, const std::string& location = {});

  /// States.Runtime if a path that has to exist does not; of JSONata, the errors of Query.
  Evaluated<bool> holds(const Scope& scope) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
