#include "tasks/image/analysis/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kPaletteSize = 6;
// Sixteen steps a channel.
constexpr int kStepBits = 4;
constexpr std::size_t kCells = 1u << (3 * kStepBits);
// Nearer than this, two cells are one colour to the eye: a little more than one step in each channel.
constexpr double kNear = 40;

struct Heap {
  std::uint64_t count = 0;
  std::array<double, 3> sum{};

  std::array<double, 3> mean() const {
    const auto n = static_cast<double>(count);
    return {sum[0] / n, sum[1] / n, sum[2] / n};
  }
  void add(const Heap& other) {
    count += other.count;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other.sum[i];
  }
};

double distance(const Heap& a, const Heap& b) {
  const auto from = a.mean();
  const auto to = b.mean();
  return std::hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]);
}

std::string hex(const Heap& heap) {
  const auto mean = heap.mean();
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", static_cast<unsigned>(std::lround(mean[0])) & 255u,
                static_cast<unsigned>(std::lround(mean[1])) & 255u, static_cast<unsigned>(std::lround(mean[2])) & 255u);
  return text.data();
}

std::vector<Heap> sort_into_cells(std::string_view samples, int bands) {
  std::vector<Heap> cells(kCells);
  const auto width = static_cast<std::size_t>(bands);
  for (std::size_t at = 0; at + width <= samples.size(); at += width) {
    std::array<unsigned, 4> pixel{0, 0, 0, 255};
    for (std::size_t i = 0; i < width; ++i) pixel[i] = static_cast<unsigned char>(samples[at + i]);
    if (pixel[3] < 128) continue;
    std::size_t cell = 0;
    for (std::size_t i = 0; i < 3; ++i) cell = cell << kStepBits | pixel[i] >> (8 - kStepBits);
    ++cells[cell].count;
    for (std::size_t i = 0; i < 3; ++i) cells[cell].sum[i] += pixel[i];
  }
  return cells;
}

/// The commonest cells first, each with those near it that are rarer.
std::vector<Heap> gather(std::vector<Heap> cells) {
  std::erase_if(cells, [](const Heap& cell) { return cell.count == 0; });
  std::stable_sort(cells.begin(), cells.end(), [](const Heap& a, const Heap& b) { return a.count > b.count; });
  std::vector<Heap> seeds;
  std::vector<Heap> heaps;
  for (const auto& cell : cells) {
    const auto near =
        std::find_if(seeds.begin(), seeds.end(), [&](const Heap& seed) { return distance(seed, cell) < kNear; });
    if (near != seeds.end()) {
      heaps[static_cast<std::size_t>(near - seeds.begin())].add(cell);
    } else if (seeds.size() < 4 * kPaletteSize) {
      seeds.push_back(cell);
      heaps.push_back(cell);
    }
  }
  std::stable_sort(heaps.begin(), heaps.end(), [](const Heap& a, const Heap& b) { return a.count > b.count; });
  return heaps;
}

}  // namespace

Json count_colours(std::string_view samples, int bands) {
  const auto cells = sort_into_cells(samples, bands);
  Heap all;
  for (const auto& cell : cells) all.add(cell);
  Json colours{{"average", nullptr}, {"dominant", nullptr}, {"palette", Json::array()}};
  if (all.count == 0) return colours;
  auto heaps = gather(cells);
  if (heaps.size() > kPaletteSize) heaps.resize(kPaletteSize);
  colours["average"] = hex(all);
  colours["dominant"] = hex(heaps.front());
  for (const auto& heap : heaps) {
    const double share = static_cast<double>(heap.count) / static_cast<double>(all.count);
    colours["palette"].push_back({{"colour", hex(heap)}, {"share", std::round(share * 10'000) / 10'000}});
  }
  return colours;
}

}  // namespace stepd::tasks::image
