// How the samples along one axis are weighed when there come to be fewer of them: Lanczos' kernel of three lobes, in
// whole numbers, so that every processor computes the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stepd::tasks::image {

/// The weights of a result add up to this, and none is larger by more than a tenth.
inline constexpr int kWeightsSum = 1 << 14;
/// The three lobes reach so far to either side, in samples of the result.
inline constexpr double kLobes = 3;

struct Axis {
  std::uint32_t from = 0;  ///< samples that there are
  std::uint32_t to = 0;    ///< samples wanted, no more than `extent`
  /// How many samples `to` are made of: `from`, or a little less where a decoder that makes pictures smaller has
  /// rounded the length up. What lies beyond counts at the edge alone.
  double extent = 0;
};

class Weights {
 public:
  /// `taps()` becomes a multiple of that; what is added weighs nothing.
  Weights(const Axis& axis, std::uint32_t multiple);

  /// How many samples are weighed for each result. More than there are if `multiple` asks for it.
  std::uint32_t taps() const { return taps_; }
  /// The first of them.
  std::uint32_t first(std::uint32_t result) const { return first_[result]; }
  const std::int16_t* of(std::uint32_t result) const { return weights_.data() + std::size_t{result} * taps_; }
  std::uint32_t results() const { return static_cast<std::uint32_t>(first_.size()); }

 private:
  std::uint32_t taps_ = 0;
  std::vector<std::uint32_t> first_;
  std::vector<std::int16_t> weights_;
};

}  // namespace stepd::tasks::image
