// KeyConditionExpression, and KeyConditions of the legacy API: what a Query asks of the keys. Source: DynamoDB
// developer guide, Key condition expressions.
#pragma once

#include "base/items.h"
#include "dynamodb/expressions/condition_expression.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::dynamodb {

/// What is asked of one key attribute: a comparison, Between with two values, or BeginsWith.
struct KeyClause {
  std::string attribute;
  Condition::Kind kind = Condition::Kind::Equal;
  std::vector<Attribute> values;
};

/// One or two clauses, as they are written. Errors are `ValidationException` in AWS's words.
Result<std::vector<KeyClause>> parse_key_condition(std::string_view text, Placeholders& placeholders);

/// Fills partition and bounds of `query` from clauses on these key attributes. Errors as above.
Result<void> apply_key_clauses(const std::vector<KeyClause>& clauses, const KeyAttribute& partition,
                               const std::optional<KeyAttribute>& sort, ItemQuery& query);

}  // namespace stepd::dynamodb
