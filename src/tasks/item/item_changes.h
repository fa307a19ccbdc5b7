// Changes of single attributes, in the form that item.update takes and UpdateExpressions are translated to:
//
//   {"set": PATH, "to": OPERAND}            OPERAND: {"value": JSON} | {"path": PATH, "else": OPERAND} (else is
//   optional)
//                                           | {"plus": [a, b]} | {"minus": [a, b]} | {"append": [a, b]}
//   {"remove": PATH}
//   {"add": PATH, "value": number or set}   to what is there; where nothing is, it is put
//   {"subtract": PATH, "value": set}
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "tasks/item/item_path.h"

#include <functional>
#include <vector>

namespace stepd::tasks {

struct Change {
  ItemPath path;
  bool removes = false;
  /// Reads `before`, writes to `after`.
  std::function<Result<void>(const Json& before, Json& after)> apply;
};

/// The error's name is empty.
Result<std::vector<Change>> parse_changes(const Json& operations);

/// All of them see the item as it was. `Item.InvalidUpdate` if one cannot be made.
Result<Json> apply_changes(const std::vector<Change>& changes, const Json& item);

}  // namespace stepd::tasks
