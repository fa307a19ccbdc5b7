// png_filters.h for processors with AVX2.
#pragma once

#include "tasks/image/reduce/png_filters.h"

namespace stepd::tasks::image {

/// False, and nothing done, where it would gain nothing: no AVX2, fewer than kPngLines lines, narrow ones, or none with
/// a filter whose bytes depend on those before them.
bool unfilter_by_avx2(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows);

}  // namespace stepd::tasks::image
