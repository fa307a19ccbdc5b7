// Payload templates (ASL §Payload Template): Parameters, ItemSelector, ResultSelector, Assign, Credentials.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/scope.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// Of the fields that end in `.$`.
enum class DynamicOrder : unsigned char {
  HashMap,   ///< as AWS orders them in states: that of a java.util.HashMap
  AsWritten  ///< for templates that are not AWS's
};

/// Compiled once per definition. Immutable, any thread.
class PayloadTemplate {
 public:
  /// Faults go to `diagnostics` under `pointer`; the template is then not to be evaluated.
  static PayloadTemplate compile(const Json& value, const std::string& pointer, Diagnostics& diagnostics,
                                 DynamicOrder order = DynamicOrder::HashMap);

  /// Fields without `.$` come first, as written, then the others.
  /// What paths select is shared, not copied. Beyond the errors of expressions, errors::of_limit() where the scope's
  /// budget is used up.
  Result<Value> evaluate(const Scope& scope) const;

  /// Names of the variables that its paths mention.
  std::vector<std::string> variables() const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
