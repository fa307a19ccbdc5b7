// Expression: the value of a `.$` field, which is a path or a call of an intrinsic function (ASL §Intrinsic Functions).
#pragma once

#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/path.h"
#include "engine/asl/scope.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::asl {

struct Intrinsic;

/// A compiled expression. Immutable, any thread.
class Expression {
 public:
  /// `field` is the key as written ("size.$"), which AWS's messages name. The error has no name; its cause says what is
  /// wrong and where in the text.
  static Result<Expression> parse(std::string_view text, std::string field);

  /// States.IntrinsicFailure for a function's refusal; States.Runtime with AWS's text for a path that leads nowhere;
  /// limit_error() of errors.h where the scope's budget is used up.
  /// `past_end` is for an expression that is a path; the arguments of a function have to lead somewhere.
  Result<Value> evaluate(const Scope& scope, PastEnd past_end = PastEnd::IsMissing) const;

  const std::string& text() const { return text_; }
  bool is_path() const;
  /// The path. Requires is_path().
  const Path& path() const;
  /// The path itself, or every path among the arguments of the calls.
  void for_each_path(const std::function<void(const Path&)>& visit) const;

 private:
  friend class ExpressionParser;
  struct Call {
    const Intrinsic* function = nullptr;
    std::vector<Expression> arguments;
  };
  std::string text_;
  std::string field_;
  std::variant<Value, Path, std::shared_ptr<const Call>> node_;
};

}  // namespace stepd::asl
