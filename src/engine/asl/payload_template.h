// PayloadTemplate: the value of Parameters, ItemSelector, ResultSelector, Assign or Credentials (ASL §Payload
// Template).
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

/// The order of the fields that end in `.$`.
enum class DynamicOrder : unsigned char {
  HashMap,   ///< that of a java.util.HashMap, as on AWS
  AsWritten  ///< for templates of stepd's configuration
};

/// Compiled once per definition. Immutable, any thread.
class PayloadTemplate {
 public:
  /// Faults go to `diagnostics` under `pointer`. A template with faults must not be evaluated.
  static PayloadTemplate compile(const Json& value, const std::string& pointer, Diagnostics& diagnostics,
                                 DynamicOrder order = DynamicOrder::HashMap);

  /// Fields without `.$` come first, in the order of the text, then the others. Values that paths select are shared,
  /// not copied. Errors are those of expressions, and errors::of_limit() if the scope's budget is used up.
  Result<Value> evaluate(const Scope& scope) const;

  /// The names of the variables that its paths refer to.
  std::vector<std::string> variables() const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
