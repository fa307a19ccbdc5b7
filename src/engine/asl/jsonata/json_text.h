// Items as text: $string, the texts in errors, and JavaScript's numbers.
#pragma once

#include "engine/asl/jsonata/item.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::jsonata {

/// As JavaScript prints a number: "1", "0.1", "1e+21", "NaN".
std::string js_number(double value);
/// The number that its 15 most significant digits are.
double to_15_digits(double value);

/// Appends what $string gives for it: a string as it is, anything else as JSON. Throws D3001 and D1001.
void append_string(const Item& item, Meter& meter, std::string& out);
std::string pretty_json(const Item& item, Meter& meter);

/// JSON for an error, at most about 1,000 bytes; empty for undefined.
std::string json_for_error(const Item& item);

/// A string as JSON, where a lone surrogate becomes an escape.
void append_quoted(std::string_view text, std::string& out);

}  // namespace stepd::jsonata
