// DynamoDB's expression language (developer guide: Expressions) as the JSON that the item handlers take. What the
// expressions mean for an item is known by the handlers.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <string>

namespace stepd::services::dynamodb {

/// ExpressionAttributeNames, and ExpressionAttributeValues as plain JSON; null where there are none.
struct Placeholders {
  const Json& names;
  const Json& values;
};

/// ConditionExpression and FilterExpression, as tasks/item/item_condition.h has them.
Result<Json> translate_condition(const std::string& text, const Placeholders& placeholders);
/// UpdateExpression, as tasks/item/item_changes.h has them.
Result<Json> translate_update(const std::string& text, const Placeholders& placeholders);
/// ProjectionExpression: an array of paths.
Result<Json> translate_projection(const std::string& text, const Placeholders& placeholders);
/// KeyConditionExpression of a table with one key attribute, `name = value`: an object of that one member.
Result<Json> translate_key(const std::string& text, const Placeholders& placeholders);

}  // namespace stepd::services::dynamodb
