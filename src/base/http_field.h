// Checks and prints the header fields of HTTP requests and responses. A name or value with a line break would let a
// caller add fields of its own, so every field that stepd sends is printed here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Whether `text` is a token (RFC 9110 §5.6.2), as methods and field names are.
bool is_http_token(std::string_view text);
/// Whether `text` has no control characters: CR and LF end a field, NUL ends a C string, and the others have no meaning
/// in a field.
bool is_http_field_value(std::string_view text);
/// `text` without its control characters.
std::string to_http_field_value(std::string_view text);

/// `NAME: VALUE`, without the end of the line. None unless the name is a token and the value a field value.
std::optional<std::string> print_http_field(std::string_view name, std::string_view value);
/// Appends the field as a line. What may not stand in a value is left out; a field whose name is none is left out
/// whole.
void append_http_field(std::string& head, std::string_view name, std::string_view value);

}  // namespace stepd
