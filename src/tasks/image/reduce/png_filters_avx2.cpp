#include "tasks/image/reduce/png_filters_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#define STEPD_AVX2 __attribute__((target("avx2")))

namespace stepd::tasks::image {
namespace {

/// Four lines in the four quarters of a register, each one pixel behind the line above it: what a pixel depends on, the
/// pixel to its left and two of the row above, was computed in the steps before. A quarter holds a pixel's samples in
/// 16 bits each.
class Wavefront {
 public:
  STEPD_AVX2 explicit Wavefront(const PngLines& lines)
      : left_(filtered_by(lines, 1)),
        above_(filtered_by(lines, 2)),
        average_(filtered_by(lines, 3)),
        paeth_(filtered_by(lines, 4)),
        done_(_mm256_setzero_si256()),
        corner_(done_) {}

  /// `over` is the pixel above that of the first line; the results as bytes, two pixels in each half's first quarter.
  STEPD_AVX2 __m256i step(std::uint32_t over, __m128i pixels) {
    const __m256i first = _mm256_castsi128_si256(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(static_cast<int>(over))));
    const __m256i left = done_;
    const __m256i above = _mm256_blend_epi32(_mm256_permute4x64_epi64(done_, 0x90), first, 3);
    const __m256i mean = _mm256_srli_epi16(_mm256_add_epi16(left, above), 1);
    const __m256i guess = _mm256_or_si256(
        _mm256_or_si256(_mm256_and_si256(left, left_), _mm256_and_si256(above, above_)),
        _mm256_or_si256(_mm256_and_si256(mean, average_), _mm256_and_si256(nearest(left, above), paeth_)));
    corner_ = above;
    done_ = _mm256_and_si256(_mm256_add_epi16(_mm256_cvtepu8_epi16(pixels), guess), _mm256_set1_epi16(255));
    return _mm256_packus_epi16(done_, done_);
  }

 private:
  STEPD_AVX2 static __m256i filtered_by(const PngLines& lines, std::uint8_t filter) {
    const auto all = [&](std::size_t at) { return *lines.line(at) == filter ? -1LL : 0LL; };
    return _mm256_setr_epi64x(all(0), all(1), all(2), all(3));
  }

  /// §9.4's predictor.
  STEPD_AVX2 __m256i nearest(__m256i left, __m256i above) const {
    const __m256i down = _mm256_sub_epi16(above, corner_);
    const __m256i right = _mm256_sub_epi16(left, corner_);
    const __m256i to_left = _mm256_abs_epi16(down);
    const __m256i to_above = _mm256_abs_epi16(right);
    const __m256i to_corner = _mm256_abs_epi16(_mm256_add_epi16(down, right));
    const __m256i least = _mm256_min_epi16(to_corner, _mm256_min_epi16(to_left, to_above));
    const __m256i other = _mm256_blendv_epi8(corner_, above, _mm256_cmpeq_epi16(least, to_above));
    return _mm256_blendv_epi8(other, left, _mm256_cmpeq_epi16(least, to_left));
  }

  const __m256i left_;
  const __m256i above_;
  const __m256i average_;
  const __m256i paeth_;
  __m256i done_;
  __m256i corner_;
};

std::uint32_t pixel_at(const std::uint8_t* bytes) {
  std::uint32_t pixel = 0;
  std::memcpy(&pixel, bytes, sizeof pixel);
  return pixel;
}

void put_pixel(std::uint8_t* bytes, std::uint32_t pixel, std::size_t size) { std::memcpy(bytes, &pixel, size); }

template <std::size_t kBands>
STEPD_AVX2 void unfilter_four(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows) {
  const std::size_t width = lines.length / kBands;
  const std::uint8_t* const in[] = {lines.line(0) + 1, lines.line(1) + 1, lines.line(2) + 1, lines.line(3) + 1};
  Wavefront wave(lines);
  // Where some of the lines have not begun or have ended: pixels beyond count as 0 and are not written.
  const auto step_at_edge = [&](std::size_t at) STEPD_AVX2 {
    alignas(16) std::uint32_t pixels[kPngLines] = {};
    for (std::size_t line = 0; line < kPngLines; ++line) {
      if (at >= line && at - line < width) pixels[line] = pixel_at(in[line] + (at - line) * kBands);
    }
    const __m256i done = wave.step(at < width ? pixel_at(above + at * kBands) : 0,
                                   _mm_load_si128(reinterpret_cast<const __m128i*>(pixels)));
    alignas(32) std::uint32_t results[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(results), done);
    constexpr std::size_t kPlace[kPngLines] = {0, 1, 4, 5};
    for (std::size_t line = 0; line < kPngLines; ++line) {
      if (at >= line && at - line < width) put_pixel(rows[line] + (at - line) * kBands, results[kPlace[line]], kBands);
    }
  };
  std::size_t at = 0;
  for (; at < kPngLines - 1; ++at) step_at_edge(at);
  // Four bytes at a time: of three bands the fourth byte is overwritten by the next pixel.
  for (; at + 1 < width; ++at) {
    const __m128i pixels = _mm_setr_epi32(
        static_cast<int>(pixel_at(in[0] + at * kBands)), static_cast<int>(pixel_at(in[1] + (at - 1) * kBands)),
        static_cast<int>(pixel_at(in[2] + (at - 2) * kBands)), static_cast<int>(pixel_at(in[3] + (at - 3) * kBands)));
    const __m256i done = wave.step(pixel_at(above + at * kBands), pixels);
    const auto upper = static_cast<std::uint64_t>(_mm256_extract_epi64(done, 0));
    const auto lower = static_cast<std::uint64_t>(_mm256_extract_epi64(done, 2));
    put_pixel(rows[0] + at * kBands, static_cast<std::uint32_t>(upper), sizeof(std::uint32_t));
    put_pixel(rows[1] + (at - 1) * kBands, static_cast<std::uint32_t>(upper >> 32), sizeof(std::uint32_t));
    put_pixel(rows[2] + (at - 2) * kBands, static_cast<std::uint32_t>(lower), sizeof(std::uint32_t));
    put_pixel(rows[3] + (at - 3) * kBands, static_cast<std::uint32_t>(lower >> 32), sizeof(std::uint32_t));
  }
  for (; at < width + kPngLines - 1; ++at) step_at_edge(at);
}

/// Whether bytes depend on those to their left.
bool runs_along(const PngLines& lines) {
  for (std::size_t at = 0; at < lines.count; ++at) {
    if (*lines.line(at) != 0 && *lines.line(at) != 2) return true;
  }
  return false;
}

}  // namespace

bool unfilter_by_avx2(const PngLines& lines, const std::uint8_t* above, std::uint8_t* const* rows) {
  constexpr std::size_t kNarrow = 8;
  if (lines.count != kPngLines || lines.length < kNarrow * lines.bands || !runs_along(lines) ||
      !__builtin_cpu_supports("avx2")) {
    return false;
  }
  const auto unfilter = lines.bands == 3 ? unfilter_four<3> : unfilter_four<4>;
  unfilter(lines, above, rows);
  return true;
}

}  // namespace stepd::tasks::image

#else

namespace stepd::tasks::image {

bool unfilter_by_avx2(const PngLines&, const std::uint8_t*, std::uint8_t* const*) { return false; }

}  // namespace stepd::tasks::image

#endif
