// The text of JSON strings: checks UTF-8 and prints escapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd {

/// The first byte from `at` on that ends a run of printable ASCII: a quotation mark, a backslash, a control character
/// or the beginning of a longer UTF-8 sequence. `end` if there is none.
const char* skip_plain(const char* at, const char* end);
/// The length of the UTF-8 sequence at `at`, which is not ASCII; 0 if it is ill-formed.
std::size_t utf8_sequence(const char* at, const char* end);
bool is_utf8(std::string_view text);
/// Each maximal ill-formed part becomes one U+FFFD, as the Unicode standard recommends.
std::string replace_invalid(std::string_view text);

/// How many bytes a character of a string takes when printed: 1, 2 (\n) or 6 (\u001f). Bytes beyond ASCII take 1.
std::uint32_t printed_bytes(char byte);
/// Of a whole string, quotation marks included.
std::uint64_t printed_bytes(std::string_view text);
/// Writes the text with quotation marks, in the bytes that printed_bytes() counts. `plain`: nothing needs an escape.
/// Answers the end of what was written.
char* write_quoted(char* out, std::string_view text, bool plain);

}  // namespace stepd
