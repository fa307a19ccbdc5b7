// PNGs read past libvips and written past it: what is refused, and that nothing is lost.
#include "resizing.h"
#include "tasks/image/codec/png_writer.h"
#include "tasks/image/reduce/png_filters.h"
#include "tasks/image/reduce/row_arithmetic.h"
#include "tasks/image/reduce/row_source.h"

#include <vips/vips.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace stepd::test {
namespace {

using tasks::image::PngFilter;
using tasks::image::PngPixels;

/// All rows, if every one can be read and nothing is amiss with what follows.
std::optional<std::vector<std::uint8_t>> rows_of(const std::string& png) {
  const auto rows = tasks::image::open_png_rows(png);
  if (rows == nullptr) return std::nullopt;
  const std::size_t length = std::size_t{rows->size().width} * rows->bands();
  std::vector<std::uint8_t> all(length * rows->size().height + tasks::image::kRowPadding);
  for (std::uint32_t row = 0; row < rows->size().height; ++row) {
    if (!rows->read_row(all.data() + row * length)) return std::nullopt;
  }
  if (!rows->finish()) return std::nullopt;
  all.resize(all.size() - tasks::image::kRowPadding);
  return all;
}

/// The compressed stream of a PNG that has one chunk of it.
std::string stream_of(const std::string& png) {
  const auto at = png.find("IDAT");
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(png[i]); };
  return png.substr(at + 4, byte(at - 4) << 24 | byte(at - 3) << 16 | byte(at - 2) << 8 | byte(at - 1));
}

TEST(Png, EveryFilterIsUndoneAlikeByPlainAndVectorCode) {
  std::mt19937 random(3);
  for (int round = 0; round < 2'000; ++round) {
    tasks::image::PngLines lines;
    lines.bands = 3 + random() % 2;
    lines.count = round % 3 == 0 ? 1 + random() % 4 : tasks::image::kPngLines;
    lines.length = lines.bands * (1 + random() % 40);
    const auto noise = [&](std::size_t size) {
      std::vector<std::uint8_t> bytes(size + tasks::image::kPngPadding);
      for (auto& each : bytes) each = static_cast<std::uint8_t>(random());
      return bytes;
    };
    auto filtered = noise(lines.count * (lines.length + 1));
    for (std::size_t at = 0; at < lines.count; ++at)
      filtered[at * (lines.length + 1)] = static_cast<std::uint8_t>(random() % 5);
    lines.first = filtered.data();
    const auto above = noise(lines.length);
    const auto unfiltered = [&](tasks::image::PngUnfilter* unfilter) {
      std::vector<std::vector<std::uint8_t>> rows(tasks::image::kPngLines,
                                                  std::vector<std::uint8_t>(lines.length + tasks::image::kPngPadding));
      std::array<std::uint8_t*, tasks::image::kPngLines> to{};
      for (std::size_t at = 0; at < to.size(); ++at) to[at] = rows[at].data();
      unfilter(lines, above.data(), to.data());
      for (auto& row : rows) row.resize(lines.length);
      return rows;
    };
    ASSERT_EQ(unfiltered(tasks::image::unfilter_plainly), unfiltered(tasks::image::unfilter_best)) << round;
  }
}

TEST(Png, RowsAreThoseThatLibvipsReads) {
  for (const char* suffix : {".png[filter=none]", ".png[filter=sub]", ".png[filter=up]", ".png[filter=avg]",
                             ".png[filter=paeth]", ".png[filter=all]", ".png[compression=0]", ".png[compression=9]"}) {
    for (const bool alpha : {false, true}) {
      for (const auto& [width, height] : {std::pair{1, 1}, {3, 5}, {131, 97}, {600, 33}}) {
        const auto png = paint(
            suffix, width, height,
            [](int x, int y) {
              return Pixel{x * 7 & 255, y * 5 & 255, (x * y) & 255, (x + y) * 3 & 255};
            },
            alpha);
        const auto rows = rows_of(png);
        ASSERT_TRUE(rows.has_value()) << suffix;
        EXPECT_EQ(*rows, decode(png).samples) << suffix << " " << width << " x " << height;
      }
    }
  }
}

TEST(Png, WhatIsNotKnownOrNotSoundIsRefused) {
  const auto sound = draw(".png", {.width = 50, .height = 40, .noise = true});
  ASSERT_TRUE(rows_of(sound).has_value());
  EXPECT_TRUE(rows_of(with_chunk(sound, "teXt", "x")).has_value());
  EXPECT_FALSE(rows_of(with_chunk(sound, "tRNS", std::string(6, '\0'))).has_value());
  EXPECT_FALSE(rows_of(with_chunk(sound, "NEWS", "x")).has_value());
  EXPECT_FALSE(rows_of(with_chunk(sound, "IDAT", "x")).has_value());
  EXPECT_FALSE(rows_of(draw(".png[interlace]")).has_value());
  EXPECT_FALSE(rows_of(draw(".png", {.bands = 1})).has_value());
  EXPECT_FALSE(rows_of(draw(".png", {.deep = true})).has_value());
  EXPECT_FALSE(rows_of(sound.substr(0, sound.size() - 12)).has_value()) << "no IEND";
  EXPECT_FALSE(rows_of(sound.substr(0, sound.size() / 2)).has_value());
  auto flipped = sound;
  flipped[sound.size() / 2] ^= 1;
  EXPECT_FALSE(rows_of(flipped).has_value()) << "a checksum of a chunk";

  const auto stream = stream_of(sound);
  EXPECT_TRUE(rows_of(png_claiming(50, 40, stream)).has_value());
  EXPECT_FALSE(rows_of(png_claiming(50, 41, stream)).has_value()) << "too few rows";
  EXPECT_FALSE(rows_of(png_claiming(50, 39, stream)).has_value()) << "too many";
  EXPECT_FALSE(rows_of(png_claiming(50, 40, stream + "x")).has_value());
  EXPECT_FALSE(rows_of(png_claiming(50, 40, stream.substr(0, stream.size() - 1))).has_value());
  EXPECT_FALSE(rows_of(png_claiming(50, 40)).has_value()) << "nothing at all";
}

TEST(Png, AnyFlippedBitOfTheStreamIsRefusedByItsChecksum) {
  const auto stream = stream_of(paint_scenery(".png[filter=all]", 120, 90));
  const auto sound = rows_of(png_claiming(120, 90, stream));
  ASSERT_TRUE(sound.has_value());
  int refused = 0;
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    auto flipped = stream;
    const auto at = random() % stream.size();
    flipped[at] = static_cast<char>(flipped[at] ^ 1 << random() % 8);
    // A few bits mean nothing: how hard the encoder tried, and what fills the last byte before the checksum.
    const auto rows = rows_of(png_claiming(120, 90, flipped));
    if (rows) EXPECT_EQ(*rows, *sound) << at;
    if (!rows) ++refused;
  }
  EXPECT_GT(refused, 450);
}

TEST(Png, WhatIsWrittenIsReadBackAsItWas) {
  std::mt19937 random(6);
  for (const std::uint32_t bands : {1u, 2u, 3u, 4u}) {
    for (const auto& [width, height] : {std::pair{1u, 1u}, {5u, 3u}, {77u, 200u}}) {
      std::vector<std::uint8_t> samples(std::size_t{width} * height * bands);
      std::uint8_t last = 0;
      for (auto& each : samples) each = last = static_cast<std::uint8_t>(last + random() % 7);
      const PngPixels pixels{samples.data(), {width, height}, bands, 2'835, 1'000};
      for (const auto filter : {PngFilter::None, PngFilter::Adaptive}) {
        for (const int level : {0, 1, 4, 9}) {
          const auto file = tasks::image::write_png(pixels, filter, level);
          ASSERT_TRUE(file.has_value());
          tasks::image::start_vips();
          const tasks::image::Picture read(vips_image_new_from_buffer(file->data(), file->size(), "", nullptr));
          ASSERT_NE(read, nullptr);
          EXPECT_NEAR(vips_image_get_xres(read.get()), 2.835, 0.0001);
          std::size_t size = 0;
          const std::unique_ptr<void, decltype(&g_free)> bytes(vips_image_write_to_memory(read.get(), &size), g_free);
          const auto* first = static_cast<const std::uint8_t*>(bytes.get());
          EXPECT_EQ(std::vector<std::uint8_t>(first, first + size), samples) << bands << " bands, level " << level;
        }
      }
    }
  }
}

TEST(Png, WhatLibvipsHasToWriteIsWrittenByIt) {
  Workbench bench;
  bench.objects.put("in", "s.png", paint_scenery(".png[profile=p3]", 200, 150));
  for (const Json& more : {Json{{"progressive", true}}, Json{{"palette", true}}, Json{{"colours", "keep"}}}) {
    auto request = resize_request("s.png", {{"width", 120}});
    request.update(more);
    EXPECT_EQ(resized(bench, request).width, 120) << print_json(more);
  }
}

}  // namespace
}  // namespace stepd::test
