// Pictures made smaller by the arithmetic of our own: exact, the same on every processor, and as libvips would.
#include "resizing.h"
#include "tasks/image/reduce/reduce_picture.h"
#include "tasks/image/reduce/reducer.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <gtest/gtest.h>
#include <cmath>
#include <numbers>
#include <random>

namespace stepd::test {
namespace {

using namespace tasks::image;

using Samples = std::vector<std::uint8_t>;

/// `source` is of the size and bands that the reduction begins with.
Samples reduced(const Reduction& reduction, const Samples& source, const RowArithmetic& arithmetic) {
  const std::size_t row = std::size_t{reduction.across.from} * reduction.bands;
  Samples result(std::size_t{reduction.across.to} * reduction.down.to * reduction.bands);
  Reducer reducer(reduction, result.data(), arithmetic);
  for (std::uint32_t at = 0; at < reduction.down.from; ++at) {
    std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(at * row), row, reducer.next_row());
    reducer.push_row();
  }
  EXPECT_TRUE(reducer.is_done());
  return result;
}

std::size_t sample_count(const Reduction& reduction) {
  return std::size_t{reduction.across.from} * reduction.down.from * reduction.bands;
}

/// Any that a Reducer takes, with sides that do not divide.
Reduction random_reduction(std::mt19937& random) {
  for (;;) {
    const auto side = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
    constexpr std::uint32_t kBands[] = {1, 3, 4};
    const Size from{side(150), side(150)};
    const Size to{side(from.width), side(from.height)};
    const auto reduction = reduction_of(from, to, kBands[random() % 3], 1u << random() % 3);
    if (is_reduction(reduction)) return reduction;
  }
}

double lanczos3(double x) {
  const double angle = std::numbers::pi * x;
  if (std::abs(x) >= 3) return 0;
  return x == 0 ? 1 : 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

/// One axis by the formula, in floating point: `lines` lines of `axis.from` samples, `stride` apart.
std::vector<double> by_the_formula(const Axis& axis, const std::vector<double>& line) {
  std::vector<double> result;
  const double step = axis.extent / axis.to;
  for (std::uint32_t to = 0; to < axis.to; ++to) {
    double sum = 0;
    double weight = 0;
    for (std::uint32_t from = 0; from < axis.from; ++from) {
      const double each = lanczos3((from + 0.5 - (to + 0.5) * step) / step);
      sum += each * line[from];
      weight += each;
    }
    result.push_back(sum / weight);
  }
  return result;
}

TEST(Reduce, PlainAndVectorArithmeticAnswerTheSameBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto reduction = random_reduction(random);
    Samples source(sample_count(reduction));
    // Extremes, which overflow what can overflow.
    for (auto& each : source) each = random() % 2 == 0 ? 0 : 255;
    ASSERT_EQ(reduced(reduction, source, plain_arithmetic()), reduced(reduction, source, best_arithmetic()))
        << reduction.across.from << " x " << reduction.down.from << " to " << reduction.across.to << " x "
        << reduction.down.to << ", bands " << reduction.bands;
  }
}

TEST(Reduce, APictureOfOneColourKeepsIt) {
  std::mt19937 random(8);
  for (int round = 0; round < 50; ++round) {
    const auto reduction = random_reduction(random);
    const auto colour = static_cast<std::uint8_t>(random());
    for (const auto each : reduced(reduction, Samples(sample_count(reduction), colour), best_arithmetic()))
      ASSERT_EQ(each, colour);
  }
}

TEST(Reduce, AnswersTheFormulaRounded) {
  std::mt19937 random(9);
  for (int round = 0; round < 40; ++round) {
    auto reduction = random_reduction(random);
    reduction.bands = 1;
    const auto [across, down, bands] = reduction;
    Samples source(sample_count(reduction));
    for (auto& each : source) each = static_cast<std::uint8_t>(random());
    std::vector<std::vector<double>> columns(across.to, std::vector<double>(down.from));
    for (std::uint32_t row = 0; row < down.from; ++row) {
      const auto* line = source.data() + std::size_t{row} * across.from;
      const auto blended = by_the_formula(across, {line, line + across.from});
      for (std::uint32_t column = 0; column < across.to; ++column) columns[column][row] = blended[column];
    }
    const auto result = reduced(reduction, source, best_arithmetic());
    for (std::uint32_t column = 0; column < across.to; ++column) {
      const auto exact = by_the_formula(down, columns[column]);
      for (std::uint32_t row = 0; row < down.to; ++row) {
        const double expected = std::clamp(exact[row], 0.0, 255.0);
        ASSERT_NEAR(result[std::size_t{row} * across.to + column], expected, 0.75) << round;
      }
    }
  }
}

TEST(Reduce, WeightsStayWithinWhatTheSumsHold) {
  for (std::uint32_t from = 1; from < 200; ++from) {
    for (std::uint32_t to = 1; to <= from; ++to) {
      for (const double extent : {double(from), from - 0.5, from - 0.875}) {
        if (to > extent || extent > to * kMostReduction) continue;
        const Weights weights({from, to, extent}, 2);
        for (std::uint32_t at = 0; at < to; ++at) {
          int sum = 0;
          int all = 0;
          for (std::uint32_t tap = 0; tap < weights.taps(); ++tap) {
            sum += weights.of(at)[tap];
            all += std::abs(weights.of(at)[tap]);
          }
          ASSERT_EQ(sum, kWeightsSum);
          ASSERT_LT(all, 2 * kWeightsSum) << from << " to " << to;
        }
      }
    }
  }
}

Picture resized_by_libvips(const Picture& picture, Size size) {
  Picture small = another(picture);
  const auto from = size_of(picture);
  EXPECT_TRUE(apply(small, [&](VipsImage* in, VipsImage** out) {
    return vips_resize(in, out, double(size.width) / from.width, "vscale", double(size.height) / from.height, "kernel",
                       VIPS_KERNEL_LANCZOS3, nullptr);
  }));
  return small;
}

Picture opened(const std::string& bytes) {
  start_vips();
  const Picture lazy(vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr));
  return Picture(vips_image_copy_memory(lazy.get()));
}

TEST(Reduce, DoesWhatLibvipsDoes) {
  for (const char* suffix : {".png", ".jpg[Q=95]", ".webp", ".tif"}) {
    const auto bytes = paint_scenery(suffix, 600, 400);
    for (const Size size : {Size{150, 100}, {301, 199}, {599, 400}, {600, 77}, {20, 20}}) {
      Picture picture = opened(bytes);
      ASSERT_TRUE(can_reduce(picture, size));
      const Picture expected = resized_by_libvips(picture, size);
      ASSERT_TRUE(reduce_picture(picture, size, {}));
      EXPECT_GT(likeness(picture, expected), 42) << suffix << " " << size.width << " x " << size.height;
    }
  }
}

/// A picture over white.
Picture over_a_sheet(const Picture& picture) {
  Picture flat = another(picture);
  EXPECT_TRUE(flatten(flat, Colour{}));
  return flat;
}

TEST(Reduce, WhatIsTransparentDoesNotBleed) {
  // Circles, green where nobody is to see it.
  const auto bytes = paint(
      ".png", 400, 300,
      [](int x, int y) {
        const double inside = 40 - std::hypot(x % 100 - 50, y % 100 - 50);
        const int alpha = static_cast<int>(std::clamp(inside * 200, 0.0, 255.0));
        return alpha == 0 ? Pixel{0, 255, 0, 0} : Pixel{200, 40 + x / 4, 90, alpha};
      },
      true);
  Picture picture = opened(bytes);
  const Size size{130, 97};
  const auto from = size_of(picture);
  Picture expected = another(picture);
  ASSERT_TRUE(apply(expected, [](VipsImage* in, VipsImage** out) { return vips_premultiply(in, out, nullptr); }));
  ASSERT_TRUE(apply(expected, [&](VipsImage* in, VipsImage** out) {
    return vips_resize(in, out, double(size.width) / from.width, "vscale", double(size.height) / from.height, nullptr);
  }));
  ASSERT_TRUE(apply(expected, [](VipsImage* in, VipsImage** out) { return vips_unpremultiply(in, out, nullptr); }));
  ASSERT_TRUE(
      apply(expected, [](VipsImage* in, VipsImage** out) { return vips_cast(in, out, VIPS_FORMAT_UCHAR, nullptr); }));
  ASSERT_TRUE(reduce_picture(picture, size, {}));
  EXPECT_TRUE(has_alpha(picture));
  EXPECT_GT(likeness(over_a_sheet(picture), over_a_sheet(expected)), 42);
}

TEST(Reduce, OpaqueAlphaChangesNoColour) {
  const auto painter = [](int x, int y) { return scenery(x, y, 300, 200); };
  Picture with_alpha = opened(paint(".png", 300, 200, painter, true));
  Picture without = opened(paint(".png", 300, 200, painter));
  ASSERT_TRUE(reduce_picture(with_alpha, {77, 51}, {}));
  ASSERT_TRUE(reduce_picture(without, {77, 51}, {}));
  ASSERT_TRUE(drop_alpha(with_alpha));
  EXPECT_EQ(likeness(with_alpha, without), 99);
}

TEST(Reduce, LeavesToLibvipsWhatItCannotDo) {
  EXPECT_FALSE(can_reduce(opened(draw(".png")), {64, 48}));
  EXPECT_FALSE(can_reduce(opened(draw(".png")), {65, 40}));
  EXPECT_TRUE(can_reduce(opened(draw(".png", {.bands = 4})), {30, 30}));
  EXPECT_FALSE(can_reduce(opened(draw(".png", {.bands = 2})), {30, 30}));
  EXPECT_FALSE(can_reduce(opened(draw(".png", {.deep = true})), {30, 30}));
  EXPECT_FALSE(can_reduce(opened(draw(".jpg", {.cmyk = true})), {30, 30}));
  EXPECT_FALSE(can_reduce(opened(draw(".png", {.width = 400})), {12, 48}));
  EXPECT_TRUE(can_reduce(opened(draw(".png", {.bands = 1})), {30, 30}));
}

TEST(Reduce, AStopEndsIt) {
  std::stop_source stop;
  Picture picture = opened(draw(".png"));
  stop.request_stop();
  EXPECT_FALSE(reduce_picture(picture, {30, 30}, stop.get_token()));
  EXPECT_EQ(size_of(picture), (Size{64, 48}));
}

TEST(Reduce, FieldsOfThePictureStay) {
  Picture picture = opened(with_exif(draw(".jpg"), exif_orientation(6)));
  const int interpretation = vips_image_get_interpretation(picture.get());
  ASSERT_TRUE(reduce_picture(picture, {30, 30}, {}));
  EXPECT_EQ(vips_image_get_orientation(picture.get()), 6);
  EXPECT_EQ(vips_image_get_interpretation(picture.get()), interpretation);
  EXPECT_NE(vips_image_get_typeof(picture.get(), VIPS_META_EXIF_NAME), 0u);
}

}  // namespace
}  // namespace stepd::test
