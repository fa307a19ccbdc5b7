// Changes of single attributes, in the form that item.update takes. They mean what UpdateExpressions mean:
//
//   {"set": PATH, "to": OPERAND}            OPERAND: {"value": JSON} | {"path": PATH, "else": OPERAND}, where else is
//                                           optional | {"plus": [a, b]} | {"minus": [a, b]} | {"append": [a, b]}
//   {"remove": PATH}
//   {"add": PATH, "value": number or set}   to what is there; where nothing is, it is put
//   {"subtract": PATH, "value": set}
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "dynamodb/expressions/update.h"

namespace stepd::tasks {

/// The error's name is empty.
Result<dynamodb::Update> parse_changes(const Json& operations);

/// All of them see the item as it was. `Item.InvalidUpdate` if one cannot be made.
Result<Item> apply_changes(const dynamodb::Update& changes, const Item& item);

}  // namespace stepd::tasks
