// PayloadTemplate: a JSON value of a definition in which parts are computed, in either query language: Parameters,
// ResultSelector and others with fields that end in `.$` (ASL §Payload Template), and Arguments, Output and others with
// texts between `{%` and `%}` (ASL §JSONata).
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/evaluation_error.h"
#include "engine/asl/scope.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

class Query;
struct QueryPlace;

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

  /// A value of a JSONata state. Keys and other texts stand for themselves.
  static PayloadTemplate compile_jsonata(const Json& value, const QueryPlace& place, Diagnostics& diagnostics);

  /// In JSONPath, fields without `.$` come first, in the order of the text, then the others. Values that paths select
  /// are shared, not copied. Errors are those of expressions, and errors::of_limit() if the scope's budget is used up.
  Evaluated<Value> evaluate(const Scope& scope) const;

  /// The expression, if the whole value is one JSONata expression; else null.
  const Query* query() const;

  /// The names of the variables that its paths and expressions refer to.
  std::vector<std::string> variables() const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace stepd::asl
