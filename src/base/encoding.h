// Bytes as text: hexadecimal digits, UUIDs, base64 and percent-encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Two lower-case digits for each byte.
std::string to_hex(std::string_view bytes);
/// None if `digit` is no hexadecimal digit of either case.
std::optional<unsigned> hex_value(char digit);

/// The first 16 bytes in the UUID format of RFC 9562 §4. The caller has set version and variant. Asserts that there are
/// 16 bytes.
std::string to_uuid(std::string_view bytes);

/// RFC 4648 §4, with padding and without line breaks.
std::string to_base64(std::string_view bytes);
/// None unless `text` is exactly what to_base64() answers for some bytes: no blanks, no missing padding, no stray bits.
std::optional<std::string> from_base64(std::string_view text);
/// Decodes as Java's decoder does: padding may be missing, and bits after the last byte are ignored. Blanks are
/// refused.
std::optional<std::string> from_base64_leniently(std::string_view text);

/// RFC 4648 §5, without padding.
std::string to_base64url(std::string_view bytes);
/// None unless `text` is exactly what to_base64url() answers for some bytes.
std::optional<std::string> from_base64url(std::string_view text);

/// How a space is written: `%20` (RFC 3986), or `+` as in HTML forms.
enum class Space : std::uint8_t { Percent, Plus };

/// The characters that RFC 3986 §2.3 leaves unencoded besides ASCII letters and digits.
inline constexpr std::string_view kUnreservedMarks = "-._~";

/// `%XX` with upper-case digits for every byte but ASCII letters, digits and `marks`.
std::string percent_encode(std::string_view text, std::string_view marks = kUnreservedMarks,
                           Space space = Space::Percent);

/// None if a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, Space space = Space::Percent);
/// A `%` that is not followed by two hexadecimal digits is kept.
std::string percent_decode_leniently(std::string_view text, Space space = Space::Percent);

}  // namespace stepd
