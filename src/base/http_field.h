// The fields of an HTTP head, of requests and answers alike: what may stand in one, so that none can begin another.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// RFC 9110 §5.6.2: a method, and a field's name, are tokens.
bool is_http_token(std::string_view text);
/// Whether `text` is without control characters: CR and LF end a field, NUL ends a text of C, the others have no
/// meaning in one.
bool is_http_field_value(std::string_view text);
/// What is left of `text` without its control characters.
std::string to_http_field_value(std::string_view text);

/// `NAME: VALUE`, without the end of the line. None unless the name is a token and the value a field's value. All
/// that stepd sends over HTTP, as client and as server, gets its fields from here.
std::optional<std::string> print_http_field(std::string_view name, std::string_view value);

}  // namespace stepd
