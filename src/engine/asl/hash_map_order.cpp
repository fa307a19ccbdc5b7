#include "engine/asl/hash_map_order.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace stepd::asl {
namespace {

/// The character at the front of `text`, which is taken off.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t character = size == 1 ? lead : lead & (0x7F >> size);
  for (std::size_t i = 1; i < size && i < text.size(); ++i) character = character << 6 | (text[i] & 0x3F);
  text.remove_prefix(std::min(size, text.size()));
  return character;
}

/// java.lang.String.hashCode(): over units of UTF-16.
std::uint32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  while (!text.empty()) {
    const auto character = take_character(text);
    if (character >= 0x10000) {
      hash = 31 * hash + (0xD800 + ((character - 0x10000) >> 10));
      hash = 31 * hash + (0xDC00 + ((character - 0x10000) & 0x3FF));
    } else {
      hash = 31 * hash + character;
    }
  }
  return hash;
}

}  // namespace

void order_as_hash_map(std::vector<std::string>& names) {
  std::uint32_t slots = 16;
  while (names.size() * 4 > slots * 3ull) slots *= 2;
  const auto slot_of = [slots](const std::string& name) {
    const auto hash = java_hash(name);
    return (hash ^ hash >> 16) & (slots - 1);
  };
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return slot_of(a) < slot_of(b); });
}

}  // namespace stepd::asl
