#include "resizing.h"

#include "base/payload.h"

#include <vips/vips.h>

#include <gtest/gtest.h>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace stepd::test {
namespace {

using tasks::image::apply;
using tasks::image::Picture;

void require(bool well) {
  if (!well) throw std::runtime_error("painting: " + tasks::image::take_vips_error());
}

double brightness(const Pixel& pixel) { return 0.3 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2]; }

/// The mean of the pixels from `begin` to before `end` along both axes.
std::array<double, 4> mean_of(const Decoded& picture, int left, int top, int right, int bottom) {
  std::array<double, 4> sum{};
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const auto pixel = picture.at(x, y);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += pixel[i];
    }
  }
  for (auto& each : sum) each /= double(right - left) * (bottom - top);
  return sum;
}

}  // namespace

Json resize_request(const std::string& key, const Json& more, const std::string& target) {
  Json event{{"bucket", "in"}, {"key", key}, {"destination", {{"bucket", "out"}, {"key", target}}}};
  event.update(more);
  return event;
}

std::string resized_bytes(Workbench& bench, const Json& event) {
  const auto result = bench.run("image.resize", event);
  if (!result) {
    ADD_FAILURE() << result.error().name << ": " << result.error().cause << " for " << print_json(event);
    return {};
  }
  auto bytes = bench.objects.bytes("out", result->at("key").get<std::string>());
  EXPECT_EQ(result->at("bytes").get<std::size_t>(), bytes.size());
  const auto decoded = decode(bytes);
  EXPECT_EQ(result->at("width").get<int>(), decoded.width) << print_json(event);
  EXPECT_EQ(result->at("height").get<int>(), decoded.height) << print_json(event);
  return bytes;
}

Decoded resized(Workbench& bench, const Json& event) {
  const auto bytes = resized_bytes(bench, event);
  return bytes.empty() ? Decoded{} : decode(bytes);
}

std::string paint(const std::string& suffix, int width, int height, const Painter& painter, bool alpha, bool cmyk) {
  tasks::image::start_vips();
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto pixel = painter(x, y);
      for (std::size_t i = 0; i < (alpha ? 4u : 3u); ++i) samples.push_back(static_cast<std::uint8_t>(pixel[i]));
    }
  }
  Picture picture(
      vips_image_new_from_memory_copy(samples.data(), samples.size(), width, height, alpha ? 4 : 3, VIPS_FORMAT_UCHAR));
  require(picture != nullptr);
  require(apply(picture, [](VipsImage* in, VipsImage** out) {
    return vips_copy(in, out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  }));
  require(!cmyk || apply(picture, [](VipsImage* in, VipsImage** out) {
    return vips_colourspace(in, out, VIPS_INTERPRETATION_CMYK, nullptr);
  }));
  return encode(picture, suffix);
}

Pixel scenery(int x, int y, int width, int height) {
  const double across = double(x) / width;
  const double down = double(y) / height;
  if (std::hypot(across - 0.7, (down - 0.35) * height / width) < 0.15) return {240, 200, 40, 255};
  if (down > 0.7 && static_cast<int>(across * 12) % 2 == 0) return {30, 90, 30, 255};
  return {static_cast<int>(40 + 120 * down), static_cast<int>(200 - 150 * across), static_cast<int>(230 - 100 * down),
          255};
}

std::string paint_scenery(const std::string& suffix, int width, int height) {
  return paint(suffix, width, height, [&](int x, int y) { return scenery(x, y, width, height); });
}

Decoded averaged(const Decoded& picture, int width, int height) {
  Decoded small;
  small.width = width;
  small.height = height;
  small.bands = 4;
  small.has_alpha = true;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto mean = mean_of(picture, x * picture.width / width, y * picture.height / height,
                                (x + 1) * picture.width / width, (y + 1) * picture.height / height);
      for (const double each : mean) small.samples.push_back(static_cast<std::uint8_t>(std::lround(each)));
    }
  }
  return small;
}

double likeness(const Picture& a, const Picture& b) {
  std::size_t size = 0;
  std::size_t other_size = 0;
  const std::unique_ptr<void, decltype(&g_free)> samples(vips_image_write_to_memory(a.get(), &size), g_free);
  const std::unique_ptr<void, decltype(&g_free)> others(vips_image_write_to_memory(b.get(), &other_size), g_free);
  if (samples == nullptr || others == nullptr || size == 0 || size != other_size) return 0;
  const auto* sample = static_cast<const std::uint8_t*>(samples.get());
  const auto* other = static_cast<const std::uint8_t*>(others.get());
  double error = 0;
  for (std::size_t i = 0; i < size; ++i) error += std::pow(double(sample[i]) - other[i], 2);
  return error == 0 ? 99 : 10 * std::log10(255 * 255 * static_cast<double>(size) / error);
}

std::uint64_t difference_hash(const Decoded& picture) {
  const auto small = averaged(picture, 9, 8);
  std::uint64_t hash = 0;
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      hash = hash << 1 | (brightness(small.at(x, y)) > brightness(small.at(x + 1, y)) ? 1u : 0u);
    }
  }
  return hash;
}

int hash_distance(const Decoded& a, const Decoded& b) { return std::popcount(difference_hash(a) ^ difference_hash(b)); }

double mean_difference(const Decoded& a, const Decoded& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  if (a.width != b.width || a.height != b.height) return 255;
  double sum = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      for (std::size_t i = 0; i < 4; ++i) sum += std::abs(a.at(x, y)[i] - b.at(x, y)[i]);
    }
  }
  return sum / (4.0 * a.width * a.height);
}

}  // namespace stepd::test
