// What a picture says about itself before any pixel is decoded, and whether that is within the limits.
#pragma once

#include "base/result.h"
#include "tasks/image/format/sniff.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/geometry.h"
#include "tasks/image/vips.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct Header {
  const FileType* type = nullptr;
  std::string_view bytes;  ///< the file; a JPEG that stops before its end marker has got one
  bool ends = true;        ///< false for such a JPEG: what is missing besides, its decoder tells
  std::shared_ptr<const std::string> ended_bytes;  ///< what `bytes` are then
  Size size;                                       ///< as displayed: `orientation` applied
  int orientation = 1;                             ///< EXIF's 1 to 8
  int bands = 0;                                   ///< channels, alpha included
  bool has_alpha = false;
  bool has_profile = false;  ///< an ICC profile is embedded
  int pages = 1;             ///< frames of an animation, pages of a TIFF
  std::string mode;          ///< as Pillow names it: 1, L, LA, P, RGB, RGBA, CMYK, I;16, F
  Picture picture;           ///< lazy; reads from the bytes it was made of
};

/// Opens JPEG, PNG, GIF, WebP, TIFF, AVIF and HEIC by content. `bytes` must outlive the answer.
/// `Image.UnsupportedType` names what else the content is; `Image.Corrupt` a header that cannot be read.
Result<Header> read_header(std::string_view bytes);

/// A field of the picture's header as libvips names it, `otherwise` if it has none.
int integer_or(const Picture& picture, const char* name, int otherwise);

/// `Image.TooManyPixels` or `Image.TooLarge`, naming the limit, its value and what was found; `subject` begins the
/// text.
Result<void> check_size(std::string_view subject, Size size, const ImageLimits& limits);

/// `Image.TooManyPixels` for that many frames of that size together.
Result<void> check_pixels(std::string_view subject, Size size, std::uint32_t frames, const ImageLimits& limits);

/// What decoding would cost beyond the size: channels and, for a JPEG, the scans it is spread over.
Result<void> check_effort(const Header& header, const ImageLimits& limits);

}  // namespace stepd::tasks::image
