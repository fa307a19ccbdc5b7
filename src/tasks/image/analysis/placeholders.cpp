#include "tasks/image/analysis/placeholders.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace stepd::tasks::image {
namespace {

using Rgb = std::array<double, 3>;

double sample_at(std::string_view samples, std::size_t at) { return static_cast<unsigned char>(samples[at]); }

double wave(std::size_t frequency, double position, std::uint32_t length) {
  return std::cos(std::numbers::pi / length * static_cast<double>(frequency) * position);
}

std::uint32_t rounded(double value) { return static_cast<std::uint32_t>(std::lround(value)); }

// ---- BlurHash -------------------------------------------------------------------------------------------------------

double to_linear(double sample) {
  const double v = sample / 255;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

std::uint32_t to_srgb(double value) {
  const double v = std::clamp(value, 0.0, 1.0);
  return static_cast<std::uint32_t>((v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055) * 255 + 0.5);
}

void append_base83(std::string& text, std::uint32_t value, int digits) {
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
  for (int digit = digits - 1; digit >= 0; --digit) {
    std::uint32_t divisor = 1;
    for (int i = 0; i < digit; ++i) divisor *= 83;
    text += kDigits[value / divisor % 83];
  }
}

std::vector<Rgb> components(std::string_view rgb, Size size, std::size_t across, std::size_t down) {
  std::vector<Rgb> linear(std::size_t{size.width} * size.height);
  for (std::size_t i = 0; i < linear.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) linear[i][c] = to_linear(sample_at(rgb, 3 * i + c));
  }
  std::vector<Rgb> all;
  for (std::size_t j = 0; j < down; ++j) {
    for (std::size_t i = 0; i < across; ++i) {
      Rgb sum{};
      for (std::uint32_t y = 0; y < size.height; ++y) {
        const double vertical = wave(j, y, size.height);
        for (std::uint32_t x = 0; x < size.width; ++x) {
          const double weight = vertical * wave(i, x, size.width);
          for (std::size_t c = 0; c < 3; ++c) sum[c] += weight * linear[std::size_t{y} * size.width + x][c];
        }
      }
      const double scale = (i == 0 && j == 0 ? 1.0 : 2.0) / static_cast<double>(linear.size());
      for (auto& value : sum) value *= scale;
      all.push_back(sum);
    }
  }
  return all;
}

// ---- ThumbHash ------------------------------------------------------------------------------------------------------

/// One channel as cosines: the constant part, and the others scaled to 0 ... 1.
struct Channel {
  double constant = 0;
  double scale = 0;
  std::vector<double> others;
};

Channel analyse(const std::vector<double>& channel, Size size, std::size_t across, std::size_t down) {
  Channel result;
  for (std::size_t cy = 0; cy < down; ++cy) {
    for (std::size_t cx = 0; cx * down < across * (down - cy); ++cx) {
      double sum = 0;
      for (std::uint32_t y = 0; y < size.height; ++y) {
        const double vertical = wave(cy, y + 0.5, size.height);
        for (std::uint32_t x = 0; x < size.width; ++x) {
          sum += channel[std::size_t{y} * size.width + x] * vertical * wave(cx, x + 0.5, size.width);
        }
      }
      sum /= static_cast<double>(channel.size());
      if (cx == 0 && cy == 0) {
        result.constant = sum;
      } else {
        result.others.push_back(sum);
        result.scale = std::max(result.scale, std::abs(sum));
      }
    }
  }
  if (result.scale > 0) {
    for (auto& value : result.others) value = 0.5 + 0.5 / result.scale * value;
  }
  return result;
}

/// Lightness, two differences of colours, and opacity.
struct Channels {
  std::array<std::vector<double>, 4> values;
  bool has_alpha = false;
};

Channels split_channels(std::string_view rgba, Size size) {
  const auto count = std::size_t{size.width} * size.height;
  Rgb average{};
  double opacity = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double alpha = sample_at(rgba, 4 * i + 3) / 255;
    opacity += alpha;
    for (std::size_t c = 0; c < 3; ++c) average[c] += alpha / 255 * sample_at(rgba, 4 * i + c);
  }
  if (opacity > 0) {
    for (auto& value : average) value /= opacity;
  }
  Channels channels;
  channels.has_alpha = opacity < static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double alpha = sample_at(rgba, 4 * i + 3) / 255;
    Rgb colour{};
    for (std::size_t c = 0; c < 3; ++c) {
      colour[c] = average[c] * (1 - alpha) + alpha / 255 * sample_at(rgba, 4 * i + c);
    }
    const auto [red, green, blue] = colour;
    channels.values[0].push_back((red + green + blue) / 3);
    channels.values[1].push_back((red + green) / 2 - blue);
    channels.values[2].push_back(red - green);
    channels.values[3].push_back(alpha);
  }
  return channels;
}

}  // namespace

std::string make_blurhash(std::string_view rgb, Size size) {
  const std::size_t across = size.width >= size.height ? 4 : 3;
  const std::size_t down = 7 - across;
  const auto all = components(rgb, size, across, down);
  double largest = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    for (const double value : all[i]) largest = std::max(largest, std::abs(value));
  }
  const double step = std::clamp(std::floor(largest * 166 - 0.5), 0.0, 82.0);
  std::string text;
  append_base83(text, static_cast<std::uint32_t>(across - 1 + (down - 1) * 9), 1);
  append_base83(text, static_cast<std::uint32_t>(step), 1);
  append_base83(text, to_srgb(all[0][0]) << 16 | to_srgb(all[0][1]) << 8 | to_srgb(all[0][2]), 4);
  for (std::size_t i = 1; i < all.size(); ++i) {
    std::uint32_t packed = 0;
    for (const double value : all[i]) {
      const double part = value / ((step + 1) / 166);
      const double root = std::copysign(std::sqrt(std::abs(part)), part);
      packed = packed * 19 + static_cast<std::uint32_t>(std::clamp(std::floor(root * 9 + 9.5), 0.0, 18.0));
    }
    append_base83(text, packed, 2);
  }
  return text;
}

std::string make_thumbhash(std::string_view rgba, Size size) {
  const auto [values, has_alpha] = split_channels(rgba, size);
  const double limit = has_alpha ? 5 : 7;
  const double longest = std::max(size.width, size.height);
  const auto across = std::max<std::size_t>(1, rounded(limit * size.width / longest));
  const auto down = std::max<std::size_t>(1, rounded(limit * size.height / longest));
  const auto light = analyse(values[0], size, std::max<std::size_t>(3, across), std::max<std::size_t>(3, down));
  const auto yellow = analyse(values[1], size, 3, 3);
  const auto red = analyse(values[2], size, 3, 3);

  const bool landscape = size.width > size.height;
  const std::uint32_t first = rounded(63 * light.constant) | rounded(31.5 + 31.5 * yellow.constant) << 6 |
                              rounded(31.5 + 31.5 * red.constant) << 12 | rounded(31 * light.scale) << 18 |
                              (has_alpha ? 1u : 0u) << 23;
  const std::uint32_t second = static_cast<std::uint32_t>(landscape ? down : across) | rounded(63 * yellow.scale) << 3 |
                               rounded(63 * red.scale) << 9 | (landscape ? 1u : 0u) << 15;
  std::string hash;
  for (const int shift : {0, 8, 16}) hash.push_back(static_cast<char>(first >> shift & 255u));
  for (const int shift : {0, 8}) hash.push_back(static_cast<char>(second >> shift & 255u));
  std::vector<const Channel*> channels{&light, &yellow, &red};
  Channel opacity;
  if (has_alpha) {
    opacity = analyse(values[3], size, 5, 5);
    hash.push_back(static_cast<char>(rounded(15 * opacity.constant) | rounded(15 * opacity.scale) << 4));
    channels.push_back(&opacity);
  }
  bool low = true;
  for (const auto* channel : channels) {
    for (const double value : channel->others) {
      const auto nibble = static_cast<std::uint8_t>(rounded(15 * value));
      if (low) {
        hash.push_back(static_cast<char>(nibble));
      } else {
        hash.back() = static_cast<char>(hash.back() | nibble << 4);
      }
      low = !low;
    }
  }
  return to_base64(hash);
}

}  // namespace stepd::tasks::image
