// Bytes of a picture in, bytes of a resized picture out. It neither reads nor stores objects.
#pragma once

#include "base/result.h"
#include "tasks/image/geometry.h"
#include "tasks/image/header.h"
#include "tasks/image/limits.h"
#include "tasks/image/sniff.h"

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct Colour {
  std::uint8_t red = 255;
  std::uint8_t green = 255;
  std::uint8_t blue = 255;
  std::uint8_t alpha = 255;
};

/// `#rgb`, `#rrggbb`, `#rrggbbaa`, `white`, `black` or `transparent`.
std::optional<Colour> parse_colour(std::string_view text);

/// The names of the formats that pictures are written in.
inline constexpr std::array<std::string_view, 3> kWritableFormats{"jpeg", "png", "webp"};

struct ResizeOptions {
  Box box;
  const FileType* format = nullptr;  ///< of kWritableFormats; none: the source's if it is one of them, else JPEG
  int quality = 80;                  ///< 1 to 100; of no effect for PNG
  Colour background;                 ///< behind transparent pixels of a JPEG, and round a contained picture
};

/// A resize of which everything is known but the pixels. The bytes that it was planned for must outlive it.
struct ResizePlan {
  std::string_view bytes;
  Header source;
  Geometry geometry;
  const FileType* format = nullptr;
  int quality = 0;
  Colour background;
};

/// Reads the header and checks every limit; decodes nothing.
/// Errors: those of read_header(), check_size() (of source and result) and check_effort().
Result<ResizePlan> plan_resize(std::string_view bytes, const ResizeOptions& options, const ImageLimits& limits);

/// Decodes, turns upright, scales, converts to 8-bit sRGB or grey, and encodes with none of the source's metadata. The
/// same plan gives the same bytes. Of an animation, the first frame. A stop is noticed while rows are produced, so not
/// during the decoding of what must be decoded whole (progressive JPEG, interlaced PNG, HEIC, AVIF) or turned. Errors:
/// `Image.Corrupt` for what is damaged or cut short, `Handler.Cancelled`.
Result<std::string> render(const ResizePlan& plan, const std::stop_token& stop);

}  // namespace stepd::tasks::image
