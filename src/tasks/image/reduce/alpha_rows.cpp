#include "tasks/image/reduce/alpha_rows.h"

#include <algorithm>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kColours = 3;
constexpr unsigned kOpaque = 255;

bool is_opaque(const std::uint8_t* pixels, std::size_t count) {
  unsigned all = kOpaque;
  for (std::size_t at = 0; at < count; ++at) all &= pixels[at * kRgbaBands + kColours];
  return all == kOpaque;
}

}  // namespace

bool multiply_by_alpha(std::uint8_t* pixels, std::size_t count) {
  if (is_opaque(pixels, count)) return false;
  for (std::size_t at = 0; at < count; ++at, pixels += kRgbaBands) {
    const unsigned alpha = pixels[kColours];
    for (std::size_t colour = 0; colour < kColours; ++colour) {
      // Divided by 255 and rounded.
      const unsigned product = pixels[colour] * alpha + 128;
      pixels[colour] = static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
    }
  }
  return true;
}

void divide_by_alpha(std::uint8_t* pixels, std::size_t count) {
  for (std::size_t at = 0; at < count; ++at, pixels += kRgbaBands) {
    const unsigned alpha = pixels[kColours];
    if (alpha == kOpaque) continue;
    for (std::size_t colour = 0; colour < kColours; ++colour) {
      const unsigned divided = alpha == 0 ? 0 : (pixels[colour] * kOpaque + alpha / 2) / alpha;
      pixels[colour] = static_cast<std::uint8_t>(std::min(divided, kOpaque));
    }
  }
}

}  // namespace stepd::tasks::image
