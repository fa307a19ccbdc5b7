// Undoes what a PNG's encoder did to each line (PNG, third edition, §9), once for every processor and once for those
// with AVX2. Both answer the same.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stepd::tasks::image {

/// So many lines are unfiltered at once.
inline constexpr std::size_t kPngLines = 4;
/// Lines are read, and rows written, so many bytes beyond their ends.
inline constexpr std::size_t kPngPadding = 4;

/// Filtered lines as they follow each other in a file: the number of a filter, 0 to 4, then `length` bytes.
struct PngLines {
  const std::uint8_t* first = nullptr;
  std::size_t count = 0;  ///< up to kPngLines
  std::size_t length = 0;
  std::size_t bands = 3;  ///< bytes of a pixel, 3 or 4

  const std::uint8_t* line(std::size_t at) const { return first + at * (length + 1); }
};

/// `above` is the row before the first line, zeros before the first of a picture; rows[i] takes that of line i.
using PngUnfilter = void(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows);

PngUnfilter unfilter_plainly;
/// The fastest that this processor can do.
PngUnfilter unfilter_best;

}  // namespace stepd::tasks::image
