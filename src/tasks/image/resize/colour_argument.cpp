#include "tasks/image/resize/colour_argument.h"

#include "base/encoding.h"

#include <vector>

namespace stepd::tasks::image {

std::optional<Colour> parse_colour(std::string_view text) {
  if (text == "white") return Colour{};
  if (text == "black") return Colour{0, 0, 0, 255};
  if (text == "transparent") return Colour{255, 255, 255, 0};
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7 && text.size() != 9)) return std::nullopt;
  std::vector<std::uint8_t> values;
  const std::size_t digits = text.size() == 4 ? 1 : 2;
  for (std::size_t at = 1; at < text.size(); at += digits) {
    const auto high = hex_value(text[at]);
    const auto low = hex_value(text[at + digits - 1]);
    if (!high || !low) return std::nullopt;
    values.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return Colour{values[0], values[1], values[2], values.size() == 4 ? values[3] : std::uint8_t{255}};
}

}  // namespace stepd::tasks::image
