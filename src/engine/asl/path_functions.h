// The functions at the end of a path, such as `$.prices.max()`, as Jayway defines them.
#pragma once

#include "base/value/builder.h"
#include "base/value/value.h"

#include <optional>
#include <string_view>

namespace stepd::asl {

/// None if the function does not take the kind of the value, or if the result exceeds `budget`.
using PathFunction = std::optional<Value>(const Value& value, Budget& budget);

/// `length`, `size`, `keys`, `first`, `last`, `min`, `max`, `avg`, `sum`, `stddev`; nullptr for any other name.
PathFunction* find_path_function(std::string_view name);

}  // namespace stepd::asl
