// Converts between Value and nlohmann's Json, for the rooms that use the latter.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/value/builder.h"
#include "base/value/value.h"

namespace stepd {

/// Numbers become what nlohmann reads from their digits, and integers beyond 64 bits keep them (base/long_integer.h).
Json to_json(const Value& value);

/// The error has no name and says which limit was reached. NaN and infinities become null, as nlohmann prints them.
Result<Value> from_json(const Json& json, Budget& budget);
/// For small values that this program has made itself. Throws std::length_error as object() does.
Value from_json(const Json& json);

}  // namespace stepd
