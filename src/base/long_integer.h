// Integers beyond 64 bits in nlohmann's Json, which makes doubles of them and so another number: here they keep their
// digits, in the one kind of nlohmann's that no JSON text has. To is_number() they are none.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Of a number as JSON writes it: `digits` if that is an integer, else the double that nlohmann has read.
Json json_number(double read, std::string_view digits);

bool is_long_integer(const Json& value);

/// The nearest one to a number or a long integer; nothing of any other value.
std::optional<double> as_double(const Json& value);

/// As JSON writes it; of a long integer only.
std::string long_integer_digits(const Json& value);

}  // namespace stepd
