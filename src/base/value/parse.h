// Parses JSON text (RFC 8259) into a Value, without recursion, in one pass and in linear time for any text. Numbers
// keep their digits. If a member name occurs twice, the last value counts. Positions are not kept (engine/asl/source.h
// does).
#pragma once

#include "base/result.h"
#include "base/value/builder.h"
#include "base/value/value.h"

#include <string_view>

namespace stepd {

/// Reads one JSON value with optional white space around it. Byte order marks, NUL bytes, ill-formed UTF-8, lone
/// surrogates, numbers of more than 1,000 characters or too large for a double, member names of more than 50,000
/// characters, and values that exceed `budget` are errors. An error has no name; its cause says where and why ("parse
/// error at line 1, column 2: ..."), or which limit was reached, which is then also in budget.reached.
Result<Value> parse(std::string_view text, Budget& budget);

/// The same for text whose length the caller has checked, without a budget.
Result<Value> parse_value(std::string_view text);

}  // namespace stepd
