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
  bool enlarge = false;                    ///< else no source pixel ever becomes more than one result pixel
  std::optional<double> percent;           ///< of the source, instead of width and height
  std::optional<std::uint32_t> min_width;  ///< what comes out smaller is scaled up to it, as far as `enlarge` permits
  std::optional<std::uint32_t> min_height;
};

struct Geometry {
  Size scaled;  ///< the whole source is scaled to this
  Size canvas;  ///< the result: `scaled` cut to this or padded to this
};

struct Rectangle {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  Size size;

  friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

/// A point of a picture, each from 0 (left, top) to 1 (right, bottom).
struct Point {
  double x = 0.5;
  double y = 0.5;
};

/// Compass words and the points that they name; `centre` first.
struct Compass {
  std::string_view name;
  Point point;
};
inline constexpr std::array<Compass, 9> kCompass{{{"centre", {0.5, 0.5}},
                                                  {"north", {0.5, 0}},
                                                  {"northeast", {1, 0}},
                                                  {"east", {1, 0.5}},
                                                  {"southeast", {1, 1}},
                                                  {"south", {0.5, 1}},
                                                  {"southwest", {0, 1}},
                                                  {"west", {0, 0.5}},
                                                  {"northwest", {0, 0}}}};

/// `source` is what a viewer sees, after its orientation was applied; no side of it is 0, and none of the answer's.
Geometry lay_out(Size source, const Box& box);

/// Where a piece of the size `inner` lies within `outer` when it is pushed as far as possible towards `towards`: the
/// middle for 0.5, the edges for 0 and 1. Either may be the larger one: then it is `outer` that moves.
Rectangle place(Size inner, Size outer, Point towards);

/// The piece of that size whose middle is as near to `focus` as the edges of `whole` permit.
Rectangle cut_around(Size piece, Size whole, Point focus);

}  // namespace stepd::tasks::image
