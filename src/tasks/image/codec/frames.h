// Decodes the frames of a picture that are wanted, no larger than they are needed. What becomes of them is
// pixel_operations.h's.
#pragma once

#include "tasks/image/format/image_header.h"
#include "tasks/image/vips.h"

#include <cstdint>
#include <string_view>

namespace stepd::tasks::image {

/// Which frames of a file, and how much smaller a decoder may make them where that saves it work.
struct Selection {
  std::uint32_t page = 0;
  std::uint32_t frames = 1;
  std::size_t fail_on = 2;  ///< of kFailLevels

  friend bool operator==(const Selection&, const Selection&) = default;
};

/// Decoders shrink by plain averaging, so a factor of two is left to the kernel.
inline constexpr double kLeftToKernel = 2;

/// The frames below each other as they are stored, not yet turned; if smaller than stored, then still at least twice as
/// large along each side as 1/`shrink` asks for. Lazy, and to be read from top to bottom once. Empty when libvips
/// refused.
Picture load(const Header& header, std::string_view bytes, const Selection& selection, double shrink);

}  // namespace stepd::tasks::image
