// Cuts texts between characters of UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace stepd {

/// The longest beginning of at most `bytes` bytes that ends between two characters. Of a text that is not UTF-8 it may
/// be shorter than that.
inline std::string_view whole_characters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace stepd
