#include "tasks/image/reduce/row_arithmetic.h"

#include "tasks/image/reduce/row_arithmetic_avx2.h"

#include <algorithm>
#include <array>

namespace stepd::tasks::image {
namespace {

void blend_rows_plainly(const std::uint8_t* const* rows, const std::int16_t* weights, std::size_t taps,
                        std::size_t samples, std::int16_t* result) {
  for (std::size_t at = 0; at < samples; at += kRowPadding) {
    std::array<std::int32_t, kRowPadding> sums;
    sums.fill(1 << (kRowShift - 1));
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const std::uint8_t* row = rows[tap] + at;
      for (std::size_t i = 0; i < kRowPadding; ++i) sums[i] += row[i] * weights[tap];
    }
    for (std::size_t i = 0; i < kRowPadding; ++i) result[at + i] = static_cast<std::int16_t>(sums[i] >> kRowShift);
  }
}

void blend_columns_plainly(const std::int16_t* row, const Weights& across, std::uint32_t bands, std::uint8_t* result) {
  for (std::uint32_t column = 0; column < across.results(); ++column) {
    const std::int16_t* const first = row + std::size_t{across.first(column)} * bands;
    const std::int16_t* const weights = across.of(column);
    for (std::uint32_t band = 0; band < bands; ++band) {
      std::int32_t sum = 1 << (kColumnShift - 1);
      for (std::uint32_t tap = 0; tap < across.taps(); ++tap) sum += first[tap * bands + band] * weights[tap];
      *result++ = static_cast<std::uint8_t>(std::clamp(sum >> kColumnShift, 0, 255));
    }
  }
}

}  // namespace

const RowArithmetic& plain_arithmetic() {
  static constexpr RowArithmetic kPlain{blend_rows_plainly, blend_columns_plainly};
  return kPlain;
}

const RowArithmetic& best_arithmetic() {
  const auto* avx2 = avx2_arithmetic();
  return avx2 != nullptr ? *avx2 : plain_arithmetic();
}

}  // namespace stepd::tasks::image
