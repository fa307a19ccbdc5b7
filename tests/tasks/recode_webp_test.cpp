// A WebP that stays in its own luma and chroma: as good as through RGB, and refused where that would not do.
#include "tasks/image/reduce/recode_webp.h"
#include "resizing.h"
#include "tasks/image/reduce/reduce_picture.h"

#include <vips/vips.h>

#include <gtest/gtest.h>
#include <random>

namespace stepd::test {
namespace {

using tasks::image::recode_webp;
using tasks::image::Size;

tasks::image::Picture picture_of(const std::string& bytes) {
  tasks::image::start_vips();
  const tasks::image::Picture lazy(vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr));
  return tasks::image::Picture(vips_image_copy_memory(lazy.get()));
}

tasks::image::Picture encoded_by_libvips(const tasks::image::Picture& picture, int quality) {
  void* bytes = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(vips_webpsave_buffer(picture.get(), &bytes, &size, "Q", quality, nullptr), 0);
  const std::unique_ptr<void, decltype(&g_free)> owned(bytes, g_free);
  return picture_of(std::string(static_cast<const char*>(bytes), size));
}

TEST(RecodeWebp, IsAsGoodAsThroughRgb) {
  // Odd sides of source and result, which chroma has half of.
  for (const Size stored : {Size{640, 480}, {641, 481}, {639, 479}}) {
    const auto source = paint_scenery(".webp[Q=95]", static_cast<int>(stored.width), static_cast<int>(stored.height));
    for (const Size size : {Size{200, 150}, {161, 121}, {97, 73}, {33, 25}}) {
      auto exact = picture_of(source);
      ASSERT_TRUE(tasks::image::reduce_picture(exact, size, {}));
      const auto recoded = recode_webp(source, stored, {size, 95, 4}, {});
      ASSERT_TRUE(recoded.has_value());
      EXPECT_GT(likeness(picture_of(*recoded), exact), likeness(encoded_by_libvips(exact, 95), exact) - 0.5)
          << stored.width << " to " << size.width;
    }
  }
}

TEST(RecodeWebp, TheSameRequestWritesTheSameBytes) {
  const auto source = paint_scenery(".webp", 301, 203);
  const auto once = recode_webp(source, {301, 203}, {{100, 67}, 80, 4}, {});
  ASSERT_TRUE(once.has_value());
  EXPECT_EQ(recode_webp(source, {301, 203}, {{100, 67}, 80, 4}, {}), once);
  EXPECT_LT(recode_webp(source, {301, 203}, {{100, 67}, 20, 4}, {})->size(), once->size());
}

TEST(RecodeWebp, RefusesWhatItDoesNotKnow) {
  const auto is_taken = [](const std::string& bytes, Size size = {30, 20}) {
    return recode_webp(bytes, {64, 48}, {size, 80, 4}, {}).has_value();
  };
  EXPECT_TRUE(is_taken(draw(".webp")));
  EXPECT_FALSE(is_taken(draw(".webp[lossless]")));
  EXPECT_FALSE(is_taken(draw(".webp", {.bands = 4})));
  EXPECT_FALSE(is_taken(draw(".webp", {.frames = 3})));
  EXPECT_FALSE(is_taken(draw(".webp"), {64, 48}));
  EXPECT_FALSE(is_taken(draw(".webp"), {80, 20}));
  EXPECT_FALSE(is_taken(draw(".webp", {.width = 70})));
  EXPECT_FALSE(is_taken(draw(".jpg")));
  EXPECT_FALSE(is_taken(""));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(recode_webp(draw(".webp"), {64, 48}, {{30, 20}, 80, 4}, stop.get_token()).has_value());
}

TEST(RecodeWebp, DamageEndsNothing) {
  const auto whole = draw(".webp", {.width = 200, .height = 150, .noise = true});
  for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 100)
    EXPECT_FALSE(recode_webp(whole.substr(0, length), {200, 150}, {{50, 40}, 80, 0}, {}).has_value()) << length;
  std::mt19937 random(4);
  for (int round = 0; round < 100; ++round) {
    auto flipped = whole;
    const auto at = random() % whole.size();
    flipped[at] = static_cast<char>(flipped[at] ^ 1 << random() % 8);
    const auto made = recode_webp(flipped, {200, 150}, {{50, 40}, 80, 0}, {});
    if (made) EXPECT_EQ(decode(*made).width, 50);
  }
}

}  // namespace
}  // namespace stepd::test
