// Query: a JSONata expression between `{%` and `%}`, as a field of a state has it (AWS dev guide: Transforming data
// with JSONata).
//
// 1. An expression is compiled once, with its definition. What AWS refuses when a machine is created is refused here:
//    what cannot be parsed, references to a context that there is not, and members of `$states` that the field lacks.
// 2. Query::evaluate() is the only place that evaluates JSONata of a state. Its bounds are AWS's.
// 3. An expression that gives nothing, throws, reaches a bound or gives a value of another type than its field takes is
//    States.QueryEvaluationError with AWS's cause, without the preamble about the state. The texts are measured (floci,
//    issues 2668, 2676 and 2737; LocalStack's snapshots for types).
#pragma once

#include "engine/asl/diagnostic.h"
#include "engine/asl/evaluation_error.h"
#include "engine/asl/jsonata/jsonata.h"
#include "engine/asl/scope.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

/// Members of `$states` that only some fields have.
struct StatesAccess {
  bool result = false;        ///< Output and Assign of Task, Parallel and Map
  bool error_output = false;  ///< Output and Assign of a catcher
};

/// Where a value of a JSONata state stands.
struct QueryPlace {
  std::string pointer;   ///< into the definition
  std::string location;  ///< within the state: "Output/a[0]"
  StatesAccess access = {};

  QueryPlace member(std::string_view name) const;
  QueryPlace item(std::size_t index) const;
};

/// Immutable, any thread.
class Query {
 public:
  /// Whether the text is meant to be an expression: it begins with `{%` or ends with `%}`.
  static bool is_meant(std::string_view text);
  /// `text` with its delimiters. None if there is a fault, which goes to `diagnostics`.
  static std::optional<Query> compile(std::string_view text, const QueryPlace& place, Diagnostics& diagnostics);

  Evaluated<Value> evaluate(const Scope& scope) const;
  Evaluated<bool> boolean(const Scope& scope) const;
  Evaluated<std::string> string(const Scope& scope) const;
  Evaluated<double> number(const Scope& scope, double low, double high) const;
  /// A whole number.
  Evaluated<std::int64_t> integer(const Scope& scope, std::int64_t low, std::int64_t high) const;

  /// "returned an unexpected result type": `expected` is JSONata's name of the type that the field takes.
  EvaluationError unexpected(const Value& value, std::string_view expected) const;
  /// Variables that it reads, without `states`.
  const std::vector<std::string>& variables() const { return variables_; }
  const std::string& location() const { return location_; }

 private:
  explicit Query(jsonata::Expression expression) : expression_(std::move(expression)) {}
  EvaluationError error(const std::string& what) const;

  jsonata::Expression expression_;
  std::string location_;
  std::vector<std::string> variables_;
  bool reads_states_ = false;
  bool reads_context_ = false;  ///< or all of `$states`
};

}  // namespace stepd::asl
