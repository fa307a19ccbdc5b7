// Decodes the frames of a picture that are wanted, no larger than they are needed. What becomes of them is
// pixel_operations.h's.
#pragma once

#include "tasks/image/format/image_header.h"
#include "tasks/image/vips.h"

#include <cstdint>
#include <string_view>

namespace stepd::tasks::image {

/// Which frames of a file, and which damage on it is an error.
struct Selection {
  std::uint32_t page = 0;
  std::uint32_t frames = 1;
  std::size_t fail_on = 2;  ///< of kFailLevels

  friend bool operator==(const Selection&, const Selection&) = default;
};

/// Averaging pixels is no kernel, so a factor of two is left to one.
inline constexpr double kLeftToKernel = 2;

/// How many times smaller than stored the decoder makes a picture that has to become `wanted` times smaller: 1 for all
/// but JPEG (a power of two that leaves the kernel something to do) and WebP (half of what is wanted). A JPEG's decoder
/// rounds lengths up, so what it divides by divides `grain` too, the greatest common divisor of all lengths that count.
double decoder_shrink(const Header& header, double wanted, std::uint32_t grain);

/// Whether `said`, which libvips said while the picture was decoded, tells of pixels that a file lacks. libvips checks
/// a JPEG for them before each strip of rows and not after the last, so a picture may be decoded and lack some.
bool missing_pixels(const Header& header, std::string_view said);

/// The frames below each other as they are stored, not yet turned, `shrink` times smaller, which decoder_shrink() has
/// answered. If they carry a profile, it describes their samples. Lazy, and to be read from top to bottom once. Empty
/// when libvips refused.
Picture load(const Header& header, const Selection& selection, double shrink);

}  // namespace stepd::tasks::image
