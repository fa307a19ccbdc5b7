// Prints a Value as compact JSON text, without recursion. Numbers are printed with the digits that they were read with.
// In strings only control characters, quotation marks and backslashes are escaped.
#pragma once

#include "base/value/value.h"

#include <cstddef>
#include <span>
#include <string>

namespace stepd {

std::string print(const Value& value);
/// Prints into `out`, which has at least value.text_bytes() bytes, and answers that number.
std::size_t print(const Value& value, std::span<char> out);
/// Appends at most the first `most` bytes of the text, without cutting a character: for causes and logs. Takes time
/// proportional to what it appends, not to the whole value.
void print_prefix(const Value& value, std::size_t most, std::string& out);
/// The first limits::kCauseChars bytes of the text, for a cause.
std::string print_for_cause(const Value& value);

}  // namespace stepd
