#include "tasks/image/reduce/png_filters.h"

#include "tasks/image/reduce/png_filters_avx2.h"

#include <array>
#include <cstdlib>
#include <cstring>

namespace stepd::tasks::image {
namespace {

/// The neighbour that is nearest to what a plane through all three would be (§9.4).
std::uint8_t paeth(int left, int above, int corner) {
  const int to_left = std::abs(above - corner);
  const int to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  if (to_left <= to_above && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_above <= to_corner ? above : corner);
}

/// `predict` is given the bytes to the left, above and above to the left.
template <std::size_t kBands, class Predict>
void undo(const std::uint8_t* line, std::size_t length, const std::uint8_t* above, std::uint8_t* row, Predict predict) {
  std::array<std::uint8_t, kBands> left{};
  std::array<std::uint8_t, kBands> corner{};
  for (std::size_t at = 0; at < length; at += kBands) {
    for (std::size_t band = 0; band < kBands; ++band) {
      const std::uint8_t over = above[at + band];
      left[band] = static_cast<std::uint8_t>(line[at + band] + predict(left[band], over, corner[band]));
      corner[band] = over;
      row[at + band] = left[band];
    }
  }
}

template <std::size_t kBands>
void unfilter_line(const std::uint8_t* line, std::size_t length, const std::uint8_t* above, std::uint8_t* row) {
  const std::uint8_t filter = *line++;
  switch (filter) {
    case 1:
      return undo<kBands>(line, length, above, row, [](int left, int, int) { return left; });
    case 2:
      for (std::size_t at = 0; at < length; ++at) row[at] = static_cast<std::uint8_t>(line[at] + above[at]);
      return;
    case 3:
      return undo<kBands>(line, length, above, row, [](int left, int over, int) { return (left + over) / 2; });
    case 4:
      return undo<kBands>(line, length, above, row, paeth);
    default:
      std::memcpy(row, line, length);
  }
}

}  // namespace

void unfilter_plainly(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows) {
  for (std::size_t at = 0; at < lines.count; ++at) {
    const auto unfilter = lines.bands == 3 ? unfilter_line<3> : unfilter_line<4>;
    unfilter(lines.line(at), lines.length, at == 0 ? above : rows[at - 1], rows[at]);
  }
}

void unfilter_best(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows) {
  if (!unfilter_by_avx2(lines, above, rows)) unfilter_plainly(lines, above, rows);
}

}  // namespace stepd::tasks::image
