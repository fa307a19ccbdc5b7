// One element of a list in an event pattern or a filter policy: a plain value, or an operator such as {"prefix": "a/"}.
// Where the value that it judges comes from is the business of whoever asks.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <functional>

namespace stepd {

/// Null stands for a field that is absent.
using Condition = std::function<bool(const Json* value)>;

/// Error: name empty, cause says what is wrong and what would be right.
Result<Condition> compile_condition(const Json& value);

}  // namespace stepd
