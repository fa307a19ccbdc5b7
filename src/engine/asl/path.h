// JSONPath as AWS has it: paths over the input `$`, the context object `$$` and variables `$name`.
#pragma once

#include "base/payload.h"
#include "base/result.h"
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

/// A value that is either borrowed from what was looked at or was made on the way. Borrowed ones live as long as that.
class Selected {
 public:
  static Selected borrowed(const Json& value) { return Selected(&value, nullptr); }
  static Selected made(Json value);
  const Json& operator*() const { return *value_; }
  const Json* operator->() const { return value_; }
  /// A copy, or the made value itself.
  Json take() &&;

 private:
  Selected(const Json* value, std::shared_ptr<Json> owner) : value_(value), owner_(std::move(owner)) {}
  const Json* value_;
  std::shared_ptr<Json> owner_;
};

struct FilterExpression;

/// A compiled path. Immutable, any thread.
class Path {
 public:
  struct Name {
    std::string name;
  };
  struct Index {
    std::int64_t index;
  };  ///< negative: from the end
  struct Slice {
    std::optional<std::int64_t> from, to, step;
  };
  struct Names {
    std::vector<std::string> names;
  };  ///< at the end of a path: one object with those that are there
  struct Indices {
    std::vector<std::int64_t> indices;
  };
  struct Wildcard {};
  struct Descend {};  ///< `..`: the value and all beneath it
  struct Filter {
    std::shared_ptr<const FilterExpression> expression;
  };
  struct Function {
    PathFunction* call;
    std::string name;
  };  ///< `.length()`, at the end of a path
  using Step = std::variant<Name, Index, Slice, Names, Indices, Wildcard, Descend, Filter, Function>;
  enum class Root : std::uint8_t { Input, Context, Variable };

  /// Error: name empty, cause says what is wrong and at which character.
  static Result<Path> parse(std::string_view text);
  /// `$` alone.
  static Path root();

  const std::string& text() const { return text_; }
  Root root_kind() const { return root_; }
  const std::string& variable() const { return variable_; }
  const std::vector<Step>& steps() const { return steps_; }
  bool is_root() const { return root_ == Root::Input && steps_.empty(); }
  /// Only names and single indices: names one place, as ResultPath demands (ASL §Reference Paths).
  bool is_reference() const;
  /// Answers one value, not a list of matches.
  bool is_definite() const;

  /// A definite path that leads nowhere is States.Runtime with Jayway's text ("Missing property in path $['no']").
  /// A path that would take more steps than PathBudget allows is States.Runtime, too.
  Result<Selected> select(const Scope& scope) const;
  /// Against one value instead of a scope; `$$` and variables are not visible.
  Result<Selected> select(const Json& value) const;

 private:
  friend class PathParser;
  std::string text_;
  Root root_ = Root::Input;
  std::string variable_;
  std::vector<Step> steps_;
};

/// ResultPath: puts `result` into a copy of `input` at the place that `path` names, making objects on the way
/// (ASL §Using Paths). States.ResultPathMatchFailure where the place cannot be made.
Result<Json> put_at(const Path& path, const Json& input, Json result);

}  // namespace stepd::asl
