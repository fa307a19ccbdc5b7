// The words of an expression one after the other, and what all kinds of expressions share: paths, values, placeholders.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "services/integrations/dynamodb/dynamodb_expression.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::services::dynamodb {

/// Errors have no name; their cause begins as DynamoDB's do: `Invalid ConditionExpression: ...`.
class ExpressionReader {
 public:
  /// `kind` is `ConditionExpression`, ... Everything given outlives it.
  ExpressionReader(std::string_view kind, std::string_view text, const Placeholders& placeholders);

  bool at_end() const { return at_ == words_.size(); }
  /// Empty at the end.
  std::string_view word(std::size_t ahead = 0) const;
  /// Whether the next word is this keyword, in whatever case; it is taken then.
  bool take_keyword(std::string_view keyword);
  bool is_keyword(std::string_view keyword) const;
  /// The same for a symbol.
  bool take(std::string_view symbol);
  Result<void> expect(std::string_view symbol);
  /// The next word and a `(` are a call; both are taken.
  bool take_call(std::string_view function);

  bool is_value() const { return word().starts_with(':'); }
  Result<Json> value();
  /// A name, or an array of names and indexes.
  Result<Json> path();

  AslError syntax_error() const;
  AslError error(const std::string& why) const;

 private:
  Result<std::string> name();
  void split(std::string_view text);

  std::string_view kind_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  const Placeholders& placeholders_;
};

}  // namespace stepd::services::dynamodb
