// Path: a JSONPath as AWS supports it, over the input `$`, the context object `$$` or a variable `$name`.
#pragma once

#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/path_functions.h"
#include "engine/asl/scope.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::asl {

struct FilterExpression;

/// What a definite path gives whose last step is an index outside of its list. AWS has null for it where a path stands
/// alone in a payload template (floci, pull requests 3167 and 3199), and an error as an argument of an intrinsic; of
/// other fields it is not known.
enum class PastEnd : std::uint8_t { IsMissing, IsNull };

/// A compiled path. Immutable, any thread.
class Path {
 public:
  struct Name {
    Key name;
  };
  struct Index {
    std::int64_t index;
  };  ///< negative: counted from the end
  struct Slice {
    std::optional<std::int64_t> from, to, step;
  };
  struct Names {
    std::vector<Key> names;
  };  ///< at the end of a path: one object with those that are there
  struct Indices {
    std::vector<std::int64_t> indices;
  };
  struct Wildcard {};
  struct Descend {};  ///< `..`: the value and all values beneath it
  struct Filter {
    std::shared_ptr<const FilterExpression> expression;
  };
  struct Function {
    PathFunction* call;
    std::string name;
  };  ///< `.length()`, at the end of a path
  using Step = std::variant<Name, Index, Slice, Names, Indices, Wildcard, Descend, Filter, Function>;
  enum class Root : std::uint8_t { Input, Context, Variable };

  /// The error has no name; its cause says what is wrong and at which character.
  static Result<Path> parse(std::string_view text);
  /// `$` alone.
  static Path root();

  const std::string& text() const { return text_; }
  Root root_kind() const { return root_; }
  const std::string& variable() const { return variable_; }
  const std::vector<Step>& steps() const { return steps_; }
  bool is_root() const { return root_ == Root::Input && steps_.empty(); }
  /// Whether the path has names and single indices only and so names one place (ASL §Reference Paths).
  bool is_reference() const;
  /// Whether the path selects one value, not a list of matches.
  bool is_definite() const;

  /// What a definite path finds is shared with what was looked at, never copied. One that leads nowhere is
  /// States.Runtime with Jayway's text ("Missing property in path $['no']"). A path that would take more steps than
  /// PathBudget allows is States.Runtime, too; one whose list is too large is limit_error() of errors.h.
  Result<Value> select(const Scope& scope, PastEnd past_end = PastEnd::IsMissing) const;
  /// Against one value instead of a scope; `$$` and variables are not visible.
  Result<Value> select(const Value& value, Budget& budget, PastEnd past_end = PastEnd::IsMissing) const;

 private:
  friend class PathParser;
  std::string text_;
  Root root_ = Root::Input;
  std::string variable_;
  std::vector<Step> steps_;
};

/// ResultPath: `input` with `result` at the place that `path` names; missing objects on the path are made (ASL §Using
/// Paths). Only the objects on the path are copied. States.ResultPathMatchFailure if the place cannot be made.
Result<Value> put_at(const Path& path, const Value& input, Value result, Budget& budget);

}  // namespace stepd::asl
