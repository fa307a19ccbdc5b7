// The pixels of one result out of those of its source: every step between decoding and encoding, in their one order.
#pragma once

#include "base/result.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/resize.h"
#include "tasks/image/vips.h"

#include <stop_token>
#include <string_view>

namespace stepd::tasks::image {

/// The error without a name: libvips failed, or a stop was requested, and the caller finds out which.
AslError broken();

struct Composed {
  Picture picture;    ///< the frames below each other, with the metadata that is kept
  Size size;          ///< of a frame
  bool strip = true;  ///< no metadata is kept
};

/// `decoded` are the frames of plan.selection, `mark` is as render() takes it. Mostly lazy: what is wrong with the
/// source may show when the pixels are asked for. Errors: broken(), those of make_mark(), and of trimmed pictures those
/// of check_results().
Result<Composed> compose(const ResizePlan& plan, Size stored, const Picture& decoded, std::string_view mark,
                         const ImageLimits& limits, const std::stop_token& stop);

}  // namespace stepd::tasks::image
