// One element of a list in an event pattern or a filter policy: a plain value, or an operator such as {"prefix": "a/"}.
// The caller finds the value that the condition is applied to.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <functional>

namespace stepd {

/// Whether `value` meets the condition; null stands for an absent field.
using Condition = std::function<bool(const Json* value)>;

/// The error has no name; its cause says what is wrong and what is permitted.
Result<Condition> compile_condition(const Json& value);

}  // namespace stepd
