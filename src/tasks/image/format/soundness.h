// Whether a file is the whole of one picture and nothing else: not cut short, not of no size, with no second file
// behind its end. By the structure of its containers; no pixel is decoded.
#pragma once

#include "base/result.h"
#include "tasks/image/format/sniff.h"

#include <string_view>

namespace stepd::tasks::image {

/// Whether the end of the picture is within the bytes; true for types whose structure is not understood.
bool is_whole(const FileType& type, std::string_view bytes);

/// `bytes` is the whole file. `Image.Truncated`, `Image.NoPixels`, `Image.Polyglot`; types whose structure is not
/// understood (JPEG XL, JPEG 2000, TIFF, SVG, ...) are only asked for what lies within them that is no picture.
Result<void> check_soundness(const FileType& type, std::string_view bytes);

}  // namespace stepd::tasks::image
