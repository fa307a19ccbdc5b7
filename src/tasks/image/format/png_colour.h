// What a PNG says of its colours beside an ICC profile: the chunks gAMA and cHRM. It decodes no pixel.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::tasks::image {

struct PngColour {
  double gamma = 0;  ///< samples are light to this power, 0.45455 for most; 0: not said
  /// x and y of white, red, green and blue (CIE 1931), if they are said.
  std::optional<std::array<double, 8>> chromaticities;
};

/// None if the picture is no PNG, if chunks that come before these two are there (cICP, iCCP, sRGB), or if what they
/// say is what sRGB pictures say for old readers.
std::optional<PngColour> find_png_colour(std::string_view bytes);

}  // namespace stepd::tasks::image
