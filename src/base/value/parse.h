// JSON text -> Value, as RFC 8259 has it: no recursion, one pass, linear time whatever the text. Numbers keep their
// digits; of a member name that stands twice the last value counts. It keeps no positions (engine/asl/source.h does).
#pragma once

#include "base/result.h"
#include "base/value/builder.h"
#include "base/value/value.h"

#include <string_view>

namespace stepd {

/// Reads one JSON value; nothing but white space may stand around it. Refused are a byte order mark, NUL bytes,
/// ill-formed UTF-8, lone surrogates, numbers of more than 1,000 characters or too large for a double, member names of
/// more than 50,000 characters, and what exceeds `budget`. An error has no name; its cause says where and why
/// ("parse error at line 1, column 2: ..."), or which limit was reached, which then stands in budget.reached.
Result<Value> parse(std::string_view text, Budget& budget);

/// The same for text whose length the caller has checked: no limit but those of every Value and parser.
Result<Value> parse_value(std::string_view text);

}  // namespace stepd
