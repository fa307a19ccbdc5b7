// Colours as arguments write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::tasks::image {

struct Colour {
  std::uint8_t red = 255;
  std::uint8_t green = 255;
  std::uint8_t blue = 255;
  std::uint8_t alpha = 255;

  bool is_opaque() const { return alpha == 255; }
  bool is_grey() const { return red == green && green == blue; }
};

/// `#rgb`, `#rrggbb`, `#rrggbbaa`, `white`, `black` or `transparent`.
std::optional<Colour> parse_colour(std::string_view text);

}  // namespace stepd::tasks::image
