// Pictures that are made smaller straight from their files: as libvips would, and never if anything is amiss.
#include "resizing.h"
#include "tasks/image/codec/frames.h"
#include "tasks/image/reduce/reduce_picture.h"
#include "tasks/image/resize/pixel_operations.h"

#include <vips/vips.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace stepd::test {
namespace {

using namespace tasks::image;

Header header_of(const std::string& bytes) {
  auto header = read_header(bytes);
  if (!header) throw std::runtime_error(header.error().cause);
  return *std::move(header);
}

Size stored_size(const Header& header) { return turned(header.size, turn_of_orientation(header.orientation)); }

/// Past libvips; null where it does not serve.
Picture straight(const std::string& bytes, Size size, double shrink = 1) {
  const auto header = header_of(bytes);
  return reduce_file(header, stored_size(header), size, shrink, {});
}

/// All of it decoded and scaled by libvips.
Picture by_libvips(const std::string& bytes, Size size) {
  const auto header = header_of(bytes);
  Picture picture = load(header, {}, 1);
  const auto from = stored_size(header);
  const bool alpha = has_alpha(picture);
  EXPECT_TRUE(!alpha ||
              apply(picture, [](VipsImage* in, VipsImage** out) { return vips_premultiply(in, out, nullptr); }));
  EXPECT_TRUE(apply(picture, [&](VipsImage* in, VipsImage** out) {
    return vips_resize(in, out, double(size.width) / from.width, "vscale", double(size.height) / from.height, "kernel",
                       VIPS_KERNEL_LANCZOS3, nullptr);
  }));
  EXPECT_TRUE(
      !alpha ||
      (apply(picture, [](VipsImage* in, VipsImage** out) { return vips_unpremultiply(in, out, nullptr); }) &&
       apply(picture, [](VipsImage* in, VipsImage** out) { return vips_cast(in, out, VIPS_FORMAT_UCHAR, nullptr); })));
  return picture;
}

/// What is seen of it on white.
Picture on_white(const Picture& picture) {
  Picture flat = another(picture);
  EXPECT_TRUE(flatten(flat, Colour{}));
  return flat;
}

std::set<std::string> fields_of(const Picture& picture) {
  std::set<std::string> fields;
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> names(vips_image_get_fields(picture.get()), g_strfreev);
  for (gchar** name = names.get(); *name != nullptr; ++name) fields.insert(*name);
  fields.erase(VIPS_META_SEQUENTIAL);
  return fields;
}

TEST(ReduceFile, AnswersOfEverySampleWhatLibvipsAnswers) {
  const std::set<std::string> served{"baseline.jpg", "progressive.jpg", "grey.jpg",
                                     "exif.jpg",     "colour.png",      "alpha.png"};
  for (const auto& sample : readable_samples()) {
    const Picture small = straight(sample.bytes, {23, 17});
    EXPECT_EQ(small != nullptr, served.count(sample.name) != 0) << sample.name;
    if (small == nullptr) continue;
    const Picture expected = by_libvips(sample.bytes, {23, 17});
    EXPECT_GT(likeness(on_white(small), on_white(expected)), 40) << sample.name;
    EXPECT_EQ(fields_of(small), fields_of(expected)) << sample.name;
    EXPECT_EQ(vips_image_get_interpretation(small.get()), vips_image_get_interpretation(expected.get()));
  }
}

TEST(ReduceFile, AnswersOfAnySizeWhatLibvipsAnswers) {
  for (const char* suffix :
       {".jpg[Q=95]", ".jpg[Q=95,interlace]", ".jpg[Q=95,subsample-mode=off]", ".png", ".png[filter=all]"}) {
    const auto bytes = paint_scenery(suffix, 601, 403);
    for (const Size size : {Size{150, 100}, {301, 199}, {600, 403}, {601, 77}, {31, 20}}) {
      const Picture small = straight(bytes, size);
      ASSERT_NE(small, nullptr) << suffix;
      EXPECT_GT(likeness(small, by_libvips(bytes, size)), 42) << suffix << " " << size.width << " x " << size.height;
    }
  }
}

TEST(ReduceFile, WhatADecoderMakesSmallerLiesWhereItLay) {
  for (const Size stored : {Size{800, 600}, {801, 601}, {803, 605}, {799, 593}}) {
    const auto bytes =
        paint_scenery(".jpg[Q=95,subsample-mode=off]", static_cast<int>(stored.width), static_cast<int>(stored.height));
    const Size size{90, 67};
    const Picture whole = straight(bytes, size);
    for (const double shrink : {2, 4}) {
      const Picture small = straight(bytes, size, shrink);
      ASSERT_NE(small, nullptr);
      // By the decoder's rounded lengths it is 31 dB and less.
      EXPECT_GT(likeness(small, whole), 38) << stored.width << " x " << stored.height << " / " << shrink;
    }
  }
}

TEST(ReduceFile, LeavesToLibvipsWhatItDoesNotKnow) {
  EXPECT_EQ(straight(draw(".jpg", {.cmyk = true}), {30, 20}), nullptr);
  EXPECT_EQ(straight(draw(".jpg"), {64, 48}), nullptr);
  EXPECT_EQ(straight(draw(".jpg"), {70, 48}), nullptr);
  EXPECT_EQ(straight(draw(".jpg", {.width = 400}), {12, 48}), nullptr);
}

TEST(ReduceFile, AStopEndsIt) {
  std::stop_source stop;
  stop.request_stop();
  const auto bytes = draw(".jpg");
  EXPECT_EQ(reduce_file(header_of(bytes), {64, 48}, {30, 20}, 1, stop.get_token()), nullptr);
}

TEST(ReduceFile, AFileThatIsCutIsNoneOfItsBusiness) {
  for (const char* suffix : {".jpg", ".jpg[interlace]", ".png"}) {
    const auto whole = draw(suffix, {.width = 200, .height = 150, .noise = true});
    ASSERT_NE(straight(whole, {50, 40}), nullptr);
    const auto begin = whole.find(suffix == std::string(".png") ? "IDAT" : "\xFF\xDA") + 20;
    for (std::size_t length = begin; length < whole.size() - 100; length += whole.size() / 40)
      EXPECT_EQ(straight(whole.substr(0, length), {50, 40}), nullptr) << suffix << " " << length;
  }
}

TEST(ReduceFile, AFlippedBitIsRefusedOrReadAsLibvipsReadsIt) {
  for (const char* suffix : {".jpg[Q=95]", ".jpg[Q=95,interlace]"}) {
    const auto whole = paint_scenery(suffix, 200, 150);
    std::mt19937 random(11);
    int read = 0;
    for (int round = 0; round < 150; ++round) {
      auto flipped = whole;
      const auto at = whole.find("\xFF\xDA") + 14 + random() % (whole.size() / 2);
      flipped[at % whole.size()] = static_cast<char>(flipped[at % whole.size()] ^ 1 << random() % 8);
      const auto header = read_header(flipped);
      if (!header) continue;
      const Picture small = reduce_file(*header, stored_size(*header), {50, 40}, 1, {});
      if (small == nullptr) continue;
      ++read;
      EXPECT_GT(likeness(small, by_libvips(flipped, {50, 40})), 40) << suffix << " " << round;
    }
    EXPECT_GT(read, 0) << suffix;
  }
}

}  // namespace
}  // namespace stepd::test
