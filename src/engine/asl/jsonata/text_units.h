// Text as JavaScript sees it. Strings are UTF-8 in which a lone surrogate may stand as three bytes (WTF-8); positions
// and order go by UTF-16 units or by code points, as each function of JSONata has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::jsonata {

bool is_ascii(std::string_view text);

/// The code point at `at`, which is moved behind it. A byte that begins no sequence counts as one code point.
char32_t next_code_point(std::string_view text, std::size_t& at);
/// A surrogate takes three bytes.
void append_code_point(std::string& out, char32_t code_point);
/// Pairs of surrogates become the characters that they stand for.
void join_surrogates(std::string& text);
bool has_surrogates(std::string_view text);
/// Each lone surrogate becomes U+FFFD.
std::string replace_surrogates(std::string_view text);

std::size_t code_point_length(std::string_view text);
std::size_t utf16_length(std::string_view text);
/// Bytes of the first `count` code points; all bytes if there are fewer.
std::size_t code_point_offset(std::string_view text, std::size_t count);
/// Bytes of the first `units` UTF-16 units. A position within a surrogate pair is moved to its end.
std::size_t utf16_offset(std::string_view text, std::size_t units);

/// Less than, equal to or greater than 0, by UTF-16 units.
int compare_utf16(std::string_view a, std::string_view b);

/// Unicode's case mappings, as JavaScript's toUpperCase() and toLowerCase() have them.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

}  // namespace stepd::jsonata
