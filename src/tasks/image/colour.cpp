#include "tasks/image/colour.h"

#include <vector>

namespace stepd::tasks::image {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text) {
  if (text == "white") return Colour{};
  if (text == "black") return Colour{0, 0, 0, 255};
  if (text == "transparent") return Colour{255, 255, 255, 0};
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7 && text.size() != 9)) return std::nullopt;
  std::vector<std::uint8_t> values;
  const std::size_t digits = text.size() == 4 ? 1 : 2;
  for (std::size_t at = 1; at < text.size(); at += digits) {
    const auto high = hex_digit(text[at]);
    const auto low = hex_digit(text[at + digits - 1]);
    if (!high || !low) return std::nullopt;
    values.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return Colour{values[0], values[1], values[2], values.size() == 4 ? values[3] : std::uint8_t{255}};
}

}  // namespace stepd::tasks::image
