// What the parsers of all kinds of expressions share: tokens one after the other, paths, placeholders, and errors in
// AWS's words.
//
// An expression that breaks the syntax ends at once. Other faults are noted while it is read, and verdict() answers the
// one that AWS would name.
#pragma once

#include "base/attribute/attribute.h"
#include "base/result.h"
#include "dynamodb/expressions/document_path.h"
#include "dynamodb/expressions/expression_placeholders.h"
#include "dynamodb/expressions/expression_tokens.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::dynamodb {

/// AWS's limits of an expression.
inline constexpr std::size_t kExpressionBytes = 4'096;
inline constexpr std::size_t kOperatorsMax = 300;
inline constexpr std::size_t kInOperandsMax = 100;

/// Faults by rank: of several, the first in this order is answered.
enum class ExpressionFault : std::uint8_t {
  Parentheses,
  Operators,
  ReservedWord,
  UnknownFunction,
  MisusedFunction,
  Section,
  Undefined,
  Nesting,
  Paths,
  OperandCount,
  Distinct,
  OperandType,
};
inline constexpr std::size_t kFaults = 12;

/// An error `ValidationException` with this message.
AslError validation_error(std::string message);

class ExpressionReader {
 public:
  /// `kind` is `ConditionExpression`, ... Everything given outlives it.
  ExpressionReader(std::string_view kind, std::string_view text, Placeholders& placeholders);

  /// To be called first: neither empty nor too long.
  Result<void> check_size() const;

  const Token& peek(std::size_t ahead = 0) const;
  bool at_end() const { return peek().kind == Token::Kind::End; }
  /// Keywords in any case.
  bool is_keyword(std::string_view keyword, std::size_t ahead = 0) const;
  bool take_keyword(std::string_view keyword);
  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const;
  bool take(std::string_view symbol);
  Result<void> expect(std::string_view symbol);
  /// A name before a `(`: both are taken. Empty if there is none.
  std::string_view take_call();

  bool is_value() const { return peek().kind == Token::Kind::ValuePlaceholder; }
  bool is_path() const { return peek().kind == Token::Kind::Name || peek().kind == Token::Kind::NamePlaceholder; }
  /// NULL, and a fault, if the placeholder is not defined.
  Attribute value();
  Result<DocumentPath> path();

  void note(ExpressionFault fault, std::string message);
  void note_count(std::string_view function, std::size_t operands);
  void note_type(std::string_view function, AttributeType type);
  void count_operator() { ++operators_; }

  AslError syntax_error() const;
  AslError error(const std::string& why) const;
  Result<void> verdict();

 private:
  Result<PathStep> name();
  Result<PathStep> index();

  std::string_view kind_;
  std::string_view text_;
  Placeholders& placeholders_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t operators_ = 0;
  std::array<std::string, kFaults> faults_;
};

}  // namespace stepd::dynamodb
