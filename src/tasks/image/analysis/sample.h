// A picture decoded small, for looking at rather than for showing: upright, sRGB, eight bits. It is never written.
#pragma once

#include "base/result.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/pixel_operations.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// The first page, in colour. Only Fit::Inside never enlarges. Limits are checked before a pixel is decoded; what
/// cannot be decoded whole is `Image.Corrupt`.
Result<Picture> decode_small(const Header& header, const ImageLimits& limits, Size box, Fit fit);

/// A small picture made smaller, exactly of that size.
Result<Picture> shrink(const Picture& picture, Size size);

/// Without alpha: over white.
Result<Picture> over_white(const Picture& picture);

/// One band of grey, without alpha.
Result<Picture> grey(const Picture& picture);

/// The samples row by row, bands together.
Result<std::string> samples_of(const Picture& picture);

/// `Image.Corrupt` with what libvips said.
AslError cannot_decode();

/// One step of libvips's: `operation` is given where to put its result and answers 0 if it could.
template <class Operation>
Result<Picture> derive(Operation operation) {
  _VipsImage* out = nullptr;
  if (operation(&out) != 0) return cannot_decode();
  return Picture(out);
}

}  // namespace stepd::tasks::image
