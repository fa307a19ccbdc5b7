// What an item must be like: for a write to be made, or for a query to answer it.
//
//   "absent" | "present"                                    of the item itself
//   {"attribute": PATH, TEST: value}                        TEST: equals, differs, less, atMost, greater, atLeast,
//                                                           all of these as equalsPath, ... with another PATH as well,
//                                                           beginsWith, contains, type (S, N, BOOL, ...), in [values],
//                                                           between [least, most], exists true | false
//   {"size": PATH, TEST: number}                            length of a text, an array, ...
//   {"all": [conditions]}  {"any": [conditions]}  {"not": condition}
#pragma once

#include "base/items.h"
#include "base/json.h"
#include "base/result.h"
#include "tasks/arguments.h"

#include <functional>
#include <string_view>

namespace stepd::tasks {

/// Of an item; null where there is none. A test of an attribute that is not there fails, except `differs`.
using Condition = std::function<bool(const Item* item)>;

/// The error's name is empty, its cause says what is wrong.
Result<Condition> parse_condition(const Json& given);

/// An optional member of a handler's arguments; empty if it is not given.
Condition read_condition(Arguments& arguments, std::string_view name);

/// `Item.ConditionFailed` unless it holds; an empty one always does. `item` may be null.
Result<void> demand(const Condition& condition, const Item* item, std::string_view table, const Json& key);

}  // namespace stepd::tasks
