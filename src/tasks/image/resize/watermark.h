// Lays a picture or a text over another picture. Where the bytes of the picture come from is the handler's.
#pragma once

#include "base/result.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/resize_options.h"
#include "tasks/image/vips.h"

#include <string_view>

namespace stepd::tasks::image {

/// The mark for a result that is `canvas` large: sRGB with alpha in memory, of the size and opacity asked for. `bytes`
/// is its encoded picture, empty for a text. Errors: those of reading any picture, the cause begins with `The
/// watermark`.
Result<Picture> make_mark(const Watermark& mark, std::string_view bytes, Size canvas, const ImageLimits& limits);

/// False when libvips failed. The result is in colour, and keeps its alpha if it had one.
bool lay_over(Picture& picture, const Picture& mark, const Watermark& how);

}  // namespace stepd::tasks::image
