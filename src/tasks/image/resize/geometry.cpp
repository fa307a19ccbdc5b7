#include "tasks/image/resize/geometry.h"

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

/// Larger by what the smallest sizes ask for and the source permits.
Size raised(Size size, Size source, const Box& box) {
  double factor = 1;
  if (box.min_width) factor = std::max(factor, double(*box.min_width) / size.width);
  if (box.min_height) factor = std::max(factor, double(*box.min_height) / size.height);
  if (factor <= 1) return size;
  const auto larger = scaled_by(size, factor);
  const bool too_large = larger.width > source.width || larger.height > source.height;
  return too_large && !box.enlarge ? source : larger;
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
  if (box.percent) {
    const double factor = *box.percent / 100;
    const auto size = raised(factor > 1 && !box.enlarge ? source : scaled_by(source, factor), source, box);
    return {size, size};
  }
  if (!box.width || !box.height) {
    const auto size = raised(scaled_to(source, box, box.width.has_value()), source, box);
    return {size, size};
  }
  const Size asked{*box.width, *box.height};
  // Compared as products, lest rounding chooses the wrong side.
  const bool width_is_tighter =
      std::uint64_t{asked.width} * source.height <= std::uint64_t{asked.height} * source.width;
  switch (box.fit) {
    case Fit::Inside: {
      const auto size = raised(scaled_to(source, box, width_is_tighter), source, box);
      return {size, size};
    }
    case Fit::Outside: {
      const auto size = raised(scaled_to(source, box, !width_is_tighter), source, box);
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

Rectangle place(Size inner, Size outer, Point towards) {
  const auto offset = [](std::uint32_t a, std::uint32_t b, double part) {
    return static_cast<std::uint32_t>(std::floor(double(a > b ? a - b : b - a) * part));
  };
  return {offset(inner.width, outer.width, towards.x), offset(inner.height, outer.height, towards.y), inner};
}

Rectangle cut_around(Size piece, Size whole, Point focus) {
  const auto offset = [](std::uint32_t part, std::uint32_t all, double at) {
    return static_cast<std::uint32_t>(std::clamp(std::round(all * at - part / 2.0), 0.0, double(all - part)));
  };
  return {offset(piece.width, whole.width, focus.x), offset(piece.height, whole.height, focus.y), piece};
}

}  // namespace stepd::tasks::image
