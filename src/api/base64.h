// Base64 (RFC 4648 §4, with padding) for what carries bytes in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::api {

std::string encode_base64(std::string_view bytes);
/// None if the text is no Base64. The empty text is no bytes.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace stepd::api
