// Dates in the form of HTTP header fields.
#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// IMF-fixdate (RFC 9110 §5.6.7), fractions of a second cut: `Sat, 21 Nov 2026 06:44:00 GMT`.
std::string to_http_date(Instant instant);
/// Any of the three forms that RFC 9110 §5.6.7 has recipients accept.
std::optional<Instant> from_http_date(std::string_view text);

}  // namespace stepd
