// Bytes of a picture in, bytes of the pictures made of it out. It neither reads nor stores objects.
#pragma once

#include "base/result.h"
#include "tasks/image/codec/encode.h"
#include "tasks/image/codec/frames.h"
#include "tasks/image/format/image_header.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/orientation.h"
#include "tasks/image/resize/resize_options.h"

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace stepd::tasks::image {

/// One result of which everything is known but the pixels, and but what `trim` will leave.
struct ResizePlan {
  const ResizeOptions* options = nullptr;
  Turn turn;          ///< from what is stored to what is asked for
  Rectangle region;   ///< of what is stored
  Geometry geometry;  ///< of the region, turned
  Size canvas;        ///< of the result, with what extends it
  const FileType* format = nullptr;
  Selection selection;
  double shrink = 1;  ///< how many times smaller than stored the region has to become, 1 if it must be decoded whole
  std::uint32_t grain = 1;  ///< the greatest common divisor of the lengths of what is stored and of the region
};

struct Resizing {
  Header source;
  Size stored;  ///< as decoded, not yet turned
  std::vector<ResizePlan> outputs;
};

/// Reads the header and checks every limit; decodes nothing. `bytes` and `options` must outlive the answer.
/// Errors: those of read_header(), check_size() (of source and results), check_effort() and check_writable(),
/// `Image.TooManyFrames`, `Image.NoSuchPage`, `Image.RegionOutside`.
Result<Resizing> plan_resize(std::string_view bytes, std::span<const ResizeOptions* const> options,
                             const ImageLimits& limits);

/// The limits of the source hold for results, and so do those of their formats.
Result<void> check_results(const ResizePlan& plan, const ImageLimits& limits);

Size extended(Size canvas, const Margins& margins);

struct Resized {
  Encoded file;
  Size size;  ///< of a frame
  std::uint32_t frames = 1;
};

struct Rendered {
  std::vector<Resized> outputs;
  std::string damage;  ///< on the source, of a kind that `fail_on` lets pass; empty if there is none
};

/// One result per output, in their order, from one decoding for all that want the same frames. `marks` are the encoded
/// pictures of the outputs' watermarks, empty where there is none or it is a text. The same arguments give the same
/// bytes. A stop is noticed while rows are produced, so not while a decoder works that must decode the whole
/// (progressive JPEG, interlaced PNG, HEIC, AVIF). Errors: `Image.Corrupt` for what is damaged or cut short,
/// `Image.CannotWrite`, `Image.OverMaxBytes`, `Handler.Cancelled`, and of trimmed pictures those of check_size().
Result<Rendered> render(const Resizing& resizing, std::span<const std::string_view> marks, const ImageLimits& limits,
                        const std::stop_token& stop);

}  // namespace stepd::tasks::image
