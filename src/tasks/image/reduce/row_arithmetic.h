// The two passes over samples of which a reduction consists, once for every processor and once for those with AVX2.
// Both compute with whole numbers and answer the same.
#pragma once

#include "tasks/image/reduce/weights.h"

#include <cstddef>
#include <cstdint>

namespace stepd::tasks::image {

/// Results of the first pass have so many bits of fraction.
inline constexpr int kFractionBits = 6;
/// What the 14 bits of the weights leave to be rounded away after each pass.
inline constexpr int kRowShift = 14 - kFractionBits;
inline constexpr int kColumnShift = 14 + kFractionBits;
/// Rows are read and written up to the next multiple of this many samples, and so many beyond.
inline constexpr std::size_t kRowPadding = 64;

struct RowArithmetic {
  /// One row of `samples` out of `taps` rows, an even number.
  void (*blend_rows)(const std::uint8_t* const* rows, const std::int16_t* weights, std::size_t taps,
                     std::size_t samples, std::int16_t* result);
  /// The pixels of a row of the result, of `bands` samples each (1, 3 or 4); `across.taps()` is a multiple of
  /// column_taps(bands).
  void (*blend_columns)(const std::int16_t* row, const Weights& across, std::uint32_t bands, std::uint8_t* result);
};

constexpr std::uint32_t column_taps(std::uint32_t bands) { return bands == 1 ? 8 : 2; }

/// What every processor can do.
const RowArithmetic& plain_arithmetic();
/// The fastest that this processor can do.
const RowArithmetic& best_arithmetic();

}  // namespace stepd::tasks::image
