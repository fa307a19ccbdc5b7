// The functions that may end a path, `$.prices.max()`, as Jayway has them. They see one value and no path.
#pragma once

#include "base/value/builder.h"
#include "base/value/value.h"

#include <optional>
#include <string_view>

namespace stepd::asl {

/// Nothing where the value is not of a kind that the function takes, or the result is larger than `budget` admits.
using PathFunction = std::optional<Value>(const Value& value, Budget& budget);

/// `length`, `size`, `keys`, `first`, `last`, `min`, `max`, `avg`, `sum`, `stddev`; nullptr for any other name.
PathFunction* find_path_function(std::string_view name);

}  // namespace stepd::asl
