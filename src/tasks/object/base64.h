// Bytes as base64 (RFC 4648, section 4), which is how JSON carries them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::tasks {

std::string to_base64(std::string_view bytes);
/// None if it is no base64 with its padding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace stepd::tasks
