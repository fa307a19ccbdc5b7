// One element of a list in an event pattern: a plain value, or an operator such as {"prefix": "uploads/"}.
// Where in the event it looks is the business of pattern.h.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <functional>

namespace stepd::triggers {

/// Null stands for a field that is absent.
using Condition = std::function<bool(const Json* value)>;

/// Error: name empty, cause says what is wrong and what would be right.
Result<Condition> compile_condition(const Json& value);

}  // namespace stepd::triggers
