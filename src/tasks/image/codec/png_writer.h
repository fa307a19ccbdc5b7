// PNGs of 8 bits a sample, neither interlaced nor with a palette or metadata, compressed by libdeflate. libvips writes
// all others.
#pragma once

#include "tasks/image/resize/geometry.h"

#include <cstdint>
#include <optional>
#include <string>

namespace stepd::tasks::image {

/// Samples without gaps: grey, grey and alpha, RGB, or RGBA by the number of bands.
struct PngPixels {
  const std::uint8_t* samples = nullptr;
  Size size;
  std::uint32_t bands = 3;
  std::uint32_t per_metre_x = 0;  ///< pixels
  std::uint32_t per_metre_y = 0;

  std::size_t row_bytes() const { return std::size_t{size.width} * bands; }
};

/// PNG (third edition) §9.
enum class PngFilter : std::uint8_t {
  None,     ///< suits drawings
  Adaptive  ///< for each row the filter that leaves the least differences; suits photographs
};

/// Which of the two makes the smaller file, by trial on an eighth of the rows.
PngFilter choose_png_filter(const PngPixels& pixels);

/// `level` is libdeflate's, 0 to 12. None for want of memory.
std::optional<std::string> write_png(const PngPixels& pixels, PngFilter filter, int level);

}  // namespace stepd::tasks::image
