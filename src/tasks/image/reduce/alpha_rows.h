// Colours of RGBA multiplied by their alpha and divided by it again, in 8 bits: what is transparent must not bleed into
// its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stepd::tasks::image {

inline constexpr std::uint32_t kRgbaBands = 4;

/// False if every pixel is opaque: then nothing is to be done, and nothing was.
bool multiply_by_alpha(std::uint8_t* pixels, std::size_t count);
/// Of no alpha there is no colour.
void divide_by_alpha(std::uint8_t* pixels, std::size_t count);

}  // namespace stepd::tasks::image
