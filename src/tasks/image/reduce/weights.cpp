#include "tasks/image/reduce/weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stepd::tasks::image {
namespace {

double lanczos(double x) {
  x = std::abs(x);
  if (x < 1e-9) return 1;
  if (x >= kLobes) return 0;
  const double angle = std::numbers::pi * x;
  return kLobes * std::sin(angle) * std::sin(angle / kLobes) / (angle * angle);
}

/// Rounded so that they add up to kWeightsSum exactly: a picture of one colour keeps it.
void round_to(const std::vector<double>& exact, std::int16_t* rounded) {
  double sum = 0;
  for (const double each : exact) sum += each;
  int left = kWeightsSum;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    rounded[i] = static_cast<std::int16_t>(std::lround(exact[i] / sum * kWeightsSum));
    left -= rounded[i];
    if (rounded[i] > rounded[largest]) largest = i;
  }
  rounded[largest] = static_cast<std::int16_t>(rounded[largest] + left);
}

}  // namespace

Weights::Weights(const Axis& axis, std::uint32_t multiple) : first_(axis.to) {
  const double step = axis.extent / axis.to;
  const double radius = kLobes * step;
  const auto bound = [&](double position) {
    return static_cast<std::uint32_t>(std::clamp(std::floor(position + 0.5), 0.0, double(axis.from)));
  };
  taps_ = std::min(axis.from, static_cast<std::uint32_t>(std::ceil(2 * radius)));
  const auto most = taps_;
  taps_ = (taps_ + multiple - 1) / multiple * multiple;
  weights_.resize(std::size_t{axis.to} * taps_);
  std::vector<double> exact;
  for (std::uint32_t result = 0; result < axis.to; ++result) {
    const double centre = (result + 0.5) * step;
    // All results have as many taps, so at the end the first ones weigh nothing.
    const auto first = std::min(bound(centre - radius), axis.from - most);
    exact.resize(most);
    for (std::uint32_t i = 0; i < most; ++i) exact[i] = lanczos((first + i + 0.5 - centre) / step);
    first_[result] = first;
    round_to(exact, weights_.data() + std::size_t{result} * taps_);
  }
}

}  // namespace stepd::tasks::image
