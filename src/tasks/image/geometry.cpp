#include "tasks/image/geometry.h"

#include <algorithm>
#include <cmath>

namespace stepd::tasks::image {
namespace {

// More than any limit lets through, and still exact in a double.
constexpr double kLargestSide = 1e9;

std::uint32_t scaled_side(std::uint32_t side, double factor) {
  return static_cast<std::uint32_t>(std::clamp(std::round(side * factor), 1.0, kLargestSide));
}

Size scaled_by(Size source, double factor) {
  return {scaled_side(source.width, factor), scaled_side(source.height, factor)};
}

/// Scaled by the width's or the height's factor; the side that gave it comes out exactly as asked.
Size scaled_to(Size source, const Box& box, bool by_width) {
  const double factor = by_width ? double(*box.width) / source.width : double(*box.height) / source.height;
  if (factor >= 1 && !box.enlarge) return source;
  auto size = scaled_by(source, factor);
  (by_width ? size.width : size.height) = by_width ? *box.width : *box.height;
  return size;
}

}  // namespace

Geometry lay_out(Size source, const Box& box) {
  if (!box.width || !box.height) {
    const auto size = scaled_to(source, box, box.width.has_value());
    return {size, size};
  }
  const Size asked{*box.width, *box.height};
  // Compared as products, lest rounding chooses the wrong side.
  const bool width_is_tighter =
      std::uint64_t{asked.width} * source.height <= std::uint64_t{asked.height} * source.width;
  switch (box.fit) {
    case Fit::Inside: {
      const auto size = scaled_to(source, box, width_is_tighter);
      return {size, size};
    }
    case Fit::Outside: {
      const auto size = scaled_to(source, box, !width_is_tighter);
      return {size, size};
    }
    case Fit::Contain:
      return {scaled_to(source, box, width_is_tighter), asked};
    case Fit::Cover: {
      const auto size = scaled_to(source, box, !width_is_tighter);
      return {size, {std::min(size.width, asked.width), std::min(size.height, asked.height)}};
    }
    case Fit::Fill:
      break;
  }
  const Size size =
      box.enlarge ? asked : Size{std::min(asked.width, source.width), std::min(asked.height, source.height)};
  return {size, size};
}

}  // namespace stepd::tasks::image
