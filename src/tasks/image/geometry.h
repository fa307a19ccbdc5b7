// How large a resized picture becomes and what is cut off or padded. Arithmetic only; it sees no pixels.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::tasks::image {

struct Size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

enum class Fit : std::uint8_t {
  Inside,   ///< as large as fits into the box
  Outside,  ///< as small as covers the box, nothing cut off
  Cover,    ///< fills the box, what sticks out at the sides is cut off evenly
  Contain,  ///< as large as fits into the box, the rest of the box is background
  Fill,     ///< exactly the box, distorted if need be
};
/// In the order of Fit.
inline constexpr std::array<std::string_view, 5> kFits{"inside", "outside", "cover", "contain", "fill"};

struct Box {
  std::optional<std::uint32_t> width;  ///< one of the two at least; both unless Fit::Inside
  std::optional<std::uint32_t> height;
  Fit fit = Fit::Inside;
  bool enlarge = false;  ///< else no source pixel ever becomes more than one result pixel
};

struct Geometry {
  Size scaled;  ///< the whole source is scaled to this
  Size canvas;  ///< the result: `scaled` cut to this or padded to this, centred
};

/// `source` is what a viewer sees, after its orientation was applied; no side of it is 0, and none of the answer's.
Geometry lay_out(Size source, const Box& box);

}  // namespace stepd::tasks::image
