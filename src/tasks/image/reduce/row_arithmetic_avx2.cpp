#include "tasks/image/reduce/row_arithmetic_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#define STEPD_AVX2 __attribute__((target("avx2")))

namespace stepd::tasks::image {
namespace {

/// Two weights side by side, as the instruction that multiplies pairs and adds them wants them.
std::int32_t pair_at(const std::int16_t* weights) {
  std::int32_t pair = 0;
  std::memcpy(&pair, weights, sizeof pair);
  return pair;
}

STEPD_AVX2 __m128i load_words(const std::int16_t* samples) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(samples));
}

STEPD_AVX2 __m256i load_bytes(const std::uint8_t* samples) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(samples));
}

STEPD_AVX2 void blend_rows(const std::uint8_t* const* rows, const std::int16_t* weights, std::size_t taps,
                           std::size_t samples, std::int16_t* result) {
  constexpr std::size_t kAtOnce = 32;
  const __m256i zero = _mm256_setzero_si256();
  const __m256i half = _mm256_set1_epi32(1 << (kRowShift - 1));
  for (std::size_t at = 0; at < samples; at += kAtOnce) {
    __m256i sums[4] = {half, half, half, half};
    for (std::size_t tap = 0; tap < taps; tap += 2) {
      const __m256i pair = _mm256_set1_epi32(pair_at(weights + tap));
      const __m256i upper = load_bytes(rows[tap] + at);
      const __m256i lower = load_bytes(rows[tap + 1] + at);
      const __m256i low = _mm256_unpacklo_epi8(upper, lower);
      const __m256i high = _mm256_unpackhi_epi8(upper, lower);
      sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), pair));
      sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), pair));
      sums[2] = _mm256_add_epi32(sums[2], _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), pair));
      sums[3] = _mm256_add_epi32(sums[3], _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), pair));
    }
    for (__m256i& sum : sums) sum = _mm256_srai_epi32(sum, kRowShift);
    // Unpacking has put 0 to 7 and 16 to 23 into the first half, the others into the second.
    const __m256i first = _mm256_packs_epi32(sums[0], sums[1]);
    const __m256i second = _mm256_packs_epi32(sums[2], sums[3]);
    auto* const to = reinterpret_cast<__m256i*>(result + at);
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(first, second, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(first, second, 0x31));
  }
}

/// Pixels of three or four samples: of two neighbours, samples of a band lie side by side after a shuffle.
template <int kBands>
STEPD_AVX2 void blend_pixels(const std::int16_t* row, const Weights& across, std::uint8_t* result) {
  const __m128i order = kBands == 3 ? _mm_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1)
                                    : _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
  const __m256i both_orders = _mm256_broadcastsi128_si256(order);
  const __m256i half = _mm256_setr_epi32(1 << (kColumnShift - 1), 1 << (kColumnShift - 1), 1 << (kColumnShift - 1),
                                         1 << (kColumnShift - 1), 0, 0, 0, 0);
  const std::uint32_t taps = across.taps();
  for (std::uint32_t column = 0; column < across.results(); ++column, result += kBands) {
    const std::int16_t* const first = row + std::size_t{across.first(column)} * kBands;
    const std::int16_t* const weights = across.of(column);
    __m256i sums = half;
    std::uint32_t tap = 0;
    for (; tap + 2 < taps; tap += 4) {
      const __m256i samples = _mm256_inserti128_si256(_mm256_castsi128_si256(load_words(first + tap * kBands)),
                                                      load_words(first + (tap + 2) * kBands), 1);
      const __m256i pairs = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_set1_epi32(pair_at(weights + tap))),
                                                    _mm_set1_epi32(pair_at(weights + tap + 2)), 1);
      sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_shuffle_epi8(samples, both_orders), pairs));
    }
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    if (tap < taps) {
      sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_shuffle_epi8(load_words(first + tap * kBands), order),
                                              _mm_set1_epi32(pair_at(weights + tap))));
    }
    sum = _mm_srai_epi32(sum, kColumnShift);
    sum = _mm_packs_epi32(sum, sum);
    const std::int32_t pixel = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
    std::memcpy(result, &pixel, kBands);
  }
}

STEPD_AVX2 void blend_grey(const std::int16_t* row, const Weights& across, std::uint8_t* result) {
  for (std::uint32_t column = 0; column < across.results(); ++column) {
    const std::int16_t* const first = row + across.first(column);
    const std::int16_t* const weights = across.of(column);
    __m128i sum = _mm_setzero_si128();
    for (std::uint32_t tap = 0; tap < across.taps(); tap += column_taps(1))
      sum = _mm_add_epi32(sum, _mm_madd_epi16(load_words(first + tap), load_words(weights + tap)));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(1 << (kColumnShift - 1))), kColumnShift);
    sum = _mm_packs_epi32(sum, sum);
    *result++ = static_cast<std::uint8_t>(_mm_cvtsi128_si32(_mm_packus_epi16(sum, sum)));
  }
}

void blend_columns(const std::int16_t* row, const Weights& across, std::uint32_t bands, std::uint8_t* result) {
  if (bands == 1) return blend_grey(row, across, result);
  if (bands == 3) return blend_pixels<3>(row, across, result);
  blend_pixels<4>(row, across, result);
}

}  // namespace

const RowArithmetic* avx2_arithmetic() {
  static constexpr RowArithmetic kVectors{blend_rows, blend_columns};
  return __builtin_cpu_supports("avx2") ? &kVectors : nullptr;
}

}  // namespace stepd::tasks::image

#else

namespace stepd::tasks::image {

const RowArithmetic* avx2_arithmetic() { return nullptr; }

}  // namespace stepd::tasks::image

#endif
