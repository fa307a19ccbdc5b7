// DynamoDB's typed attribute values (API reference: AttributeValue) as the JSON that items here are, and back. JSON has
// no bytes and no sets: they become the marked objects of tasks/item/item_value.h, as which they are stored.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace stepd::services::dynamodb {

/// `{"S": "x"}` to `"x"`. The error's name is empty, its cause one of DynamoDB's texts where one is known. A number
/// that a JSON number cannot hold exactly is refused: nothing is rounded in silence.
Result<Json> from_typed(const Json& value);
Json to_typed(const Json& value);

/// The same for each member of an object.
Result<Json> from_typed_members(const Json& members);
Json to_typed_members(const Json& item);

}  // namespace stepd::services::dynamodb
