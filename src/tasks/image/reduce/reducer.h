// Makes a picture smaller while its rows arrive, from top to bottom, and holds no more of them than its kernel needs.
//
// Rows are blended first, over the full width, then columns: a result row costs as many passes over source rows as it
// has taps, each of which the processor reads as it lies in memory.
#pragma once

#include "tasks/image/reduce/row_arithmetic.h"
#include "tasks/image/resize/geometry.h"

#include <cstdint>
#include <vector>

namespace stepd::tasks::image {

/// How much smaller a side may become, so that no more than 6 x 32 rows are held.
inline constexpr double kMostReduction = 32;

struct Reduction {
  Axis across;
  Axis down;
  std::uint32_t bands = 3;  ///< 1, 3 or 4, of 8 bits; colours are to be multiplied by alpha already
};

/// Of a picture of the size `from`, made `shrink` times smaller by a decoder that rounds up.
Reduction reduction_of(Size from, Size to, std::uint32_t bands, double shrink = 1);

/// Whether a Reducer can do it: no side grows, one becomes smaller, none beyond kMostReduction.
bool is_reduction(const Reduction& reduction);

class Reducer {
 public:
  /// `result` takes `to` x `to` pixels without gaps, and outlives this. is_reduction() holds.
  Reducer(const Reduction& reduction, std::uint8_t* result, const RowArithmetic& arithmetic = best_arithmetic());

  /// Where the next row of the source goes, kRowPadding bytes longer than the row.
  std::uint8_t* next_row();
  /// next_row() is filled.
  void push_row() { push_row(next_row()); }
  /// The next row lies there, with kRowPadding bytes behind it that may be read, until the last row is made.
  void push_row(const std::uint8_t* row);
  bool is_done() const { return made_ == down_.results(); }

 private:
  void make_row();

  const Reduction reduction_;
  const RowArithmetic& arithmetic_;
  const Weights across_;
  const Weights down_;
  const std::size_t stride_;
  const std::size_t slots_;
  std::vector<std::uint8_t> ring_;           ///< empty if next_row() is not asked for
  std::vector<const std::uint8_t*> latest_;  ///< the last `slots_` rows
  std::vector<std::int16_t> blended_;
  std::vector<const std::uint8_t*> rows_;  ///< those of a result
  std::uint8_t* result_;
  std::uint32_t arrived_ = 0;
  std::uint32_t made_ = 0;
};

}  // namespace stepd::tasks::image
