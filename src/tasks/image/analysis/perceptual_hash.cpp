#include "tasks/image/analysis/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numbers>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kSide = 8;

std::string hex(std::uint64_t bits) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(bits));
  return text.data();
}

double cosine(std::size_t frequency, std::size_t at) {
  return std::cos(std::numbers::pi * static_cast<double>(frequency) * (2.0 * static_cast<double>(at) + 1) /
                  (2.0 * kPHashSide));
}

}  // namespace

std::string make_phash(std::string_view grey) {
  std::array<double, kSide * kSide> lowest{};
  for (std::size_t v = 0; v < kSide; ++v) {
    for (std::size_t u = 0; u < kSide; ++u) {
      double sum = 0;
      for (std::size_t y = 0; y < kPHashSide; ++y) {
        for (std::size_t x = 0; x < kPHashSide; ++x) {
          sum += static_cast<unsigned char>(grey[y * kPHashSide + x]) * cosine(v, y) * cosine(u, x);
        }
      }
      lowest[v * kSide + u] = sum;
    }
  }
  auto sorted = lowest;
  std::sort(sorted.begin(), sorted.end());
  const double median = (sorted[sorted.size() / 2 - 1] + sorted[sorted.size() / 2]) / 2;
  std::uint64_t bits = 0;
  for (const double value : lowest) bits = bits << 1 | (value > median ? 1u : 0u);
  return hex(bits);
}

std::string make_dhash(std::string_view grey) {
  std::uint64_t bits = 0;
  for (std::size_t y = 0; y < kDHashHeight; ++y) {
    for (std::size_t x = 0; x + 1 < kDHashWidth; ++x) {
      const auto at = y * kDHashWidth + x;
      const bool rises = static_cast<unsigned char>(grey[at + 1]) > static_cast<unsigned char>(grey[at]);
      bits = bits << 1 | (rises ? 1u : 0u);
    }
  }
  return hex(bits);
}

}  // namespace stepd::tasks::image
