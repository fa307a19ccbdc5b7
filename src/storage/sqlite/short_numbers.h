// Little-endian base-128 numbers, of which small ones take one byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::storage::sqlite {

inline void add_short_number(std::string& text, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) text += static_cast<char>(0x80U | (number & 0x7fU));
  text += static_cast<char>(number);
}

/// Takes one off the front of `rest`. None: `rest` does not begin with one, and may have been shortened.
inline std::optional<std::uint64_t> take_short_number(std::string_view& rest) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80U) == 0) return number;
  }
  return std::nullopt;
}

}  // namespace stepd::storage::sqlite
