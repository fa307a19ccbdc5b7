// Value -> compact JSON text, without recursion. Numbers print as they came; control characters, quotation marks and
// backslashes in strings are escaped, and nothing else.
#pragma once

#include "base/value/value.h"

#include <cstddef>
#include <span>
#include <string>

namespace stepd {

std::string print(const Value& value);
/// Into memory of at least value.text_bytes(); answers that number.
std::size_t print(const Value& value, std::span<char> out);
/// Appends the beginning of the text, at most `most` bytes of it, never a part of a character: for causes and logs.
/// Takes time for what it appends, not for the whole value.
void print_prefix(const Value& value, std::size_t most, std::string& out);
/// As much of it as a cause may show (limits::kCauseChars).
std::string print_for_cause(const Value& value);

}  // namespace stepd
