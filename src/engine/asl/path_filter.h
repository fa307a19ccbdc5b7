// Filter expressions of JSONPath: `[?(@.size > 10 && @.name == 'x')]`, in the Jayway dialect that AWS documents.
#pragma once

#include "base/result.h"
#include "base/value/value.h"
#include "engine/asl/path.h"
#include "engine/asl/path_budget.h"
#include "engine/asl/pattern.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::asl {

struct FilterExpression {
  enum class Operator : unsigned char {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    Contains,
    Empty,
    Size,
    SubsetOf,
    AnyOf,
    NoneOf,
    Matches,
    Exists,
    And,
    Or,
    Not
  };
  using Operand = std::variant<Path, Value>;  ///< a path over `@` or `$`, or a literal

  Operator op = Operator::Exists;
  std::vector<Operand> operands;
  std::vector<bool> over_document;         ///< operand i is a path over `$`, not over `@`
  std::shared_ptr<const Pattern> pattern;  ///< of Matches
  std::vector<std::shared_ptr<const FilterExpression>> children;
};

/// `text` is the text between `?(` and the matching `)`.
Result<std::shared_ptr<const FilterExpression>> parse_filter(std::string_view text);

/// Reading is charged to `steps` and values that are made to `budget`. False if either is used up.
bool matches_filter(const FilterExpression& filter, const Value& candidate, const Value& document, PathBudget& steps,
                    Budget& budget);

}  // namespace stepd::asl
