// The functions that may end a path, `$.prices.max()`, as Jayway has them. They see one value and no path.
#pragma once

#include "base/json.h"

#include <optional>
#include <string_view>

namespace stepd::asl {

/// Nothing where the value is not of a kind that the function takes.
using PathFunction = std::optional<Json>(const Json& value);

/// `length`, `size`, `keys`, `first`, `last`, `min`, `max`, `avg`, `sum`, `stddev`; nullptr for any other name.
PathFunction* find_path_function(std::string_view name);

}  // namespace stepd::asl
