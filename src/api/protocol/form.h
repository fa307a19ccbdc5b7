// Bodies of `application/x-www-form-urlencoded`, as AWS's query protocol fills them.
#pragma once

#include "api/protocol/api_error.h"
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd::api {

/// The decoded value of the first field of that name. Linear in the form's size.
std::optional<std::string> form_field(std::string_view form, std::string_view name);

/// All fields as one object of texts. A dot in a name leads into an object. An object whose names are all numbers is an
/// array in their order, gaps closed, and an object with nothing but `member` or `entry` is what that holds, so that
/// `A.member.1.B=c` is `{"A": [{"B": "c"}]}`. Of a field that comes twice the last counts.
/// Error: MalformedQueryString for bad percent-encoding and UTF-8, for a name that is both a text and an object, and
/// beyond 1,000 fields, 8 dots in a name and 256 bytes of a name.
Checked<Json> read_form(std::string_view form);

}  // namespace stepd::api
