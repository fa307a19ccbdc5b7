// Options that say which part of a picture is shown, how large, and which way up.
#include "resizing.h"
#include "tasks/image/resize/orientation.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

/// Quarters: red and green above, blue and white below; 64 x 48.
class Quarters : public testing::Test {
 protected:
  Quarters() { bench.objects.put("in", "q.png", draw(".png")); }
  Decoded made(Json more) {
    more["format"] = "png";
    return resized(bench, resize_request("q.png", more));
  }
  std::pair<int, int> size_of(const Json& more) {
    const auto picture = made(more);
    return {picture.width, picture.height};
  }
  Workbench bench;
};

TEST_F(Quarters, PercentAndDprAndSmallestSizesSayHowLarge) {
  EXPECT_EQ(size_of({{"percent", 50}}), std::pair(32, 24));
  EXPECT_EQ(size_of({{"percent", 200}}), std::pair(64, 48));
  EXPECT_EQ(size_of({{"percent", 200}, {"enlarge", true}}), std::pair(128, 96));
  EXPECT_EQ(size_of({{"width", 16}, {"dpr", 2}}), std::pair(32, 24));
  EXPECT_EQ(size_of({{"width", 8}, {"height", 8}, {"minHeight", 12}}), std::pair(16, 12));
  EXPECT_EQ(size_of({{"width", 8}, {"minWidth", 200}}), std::pair(64, 48));
  EXPECT_EQ(size_of({{"width", 8}, {"minWidth", 128}, {"enlarge", true}}), std::pair(128, 96));
}

TEST_F(Quarters, TheCompassSaysWhichPartOfACoveredBoxStays) {
  // 16 x 24 of 32 x 24: half of the width goes.
  const Json box{{"width", 16}, {"height", 24}, {"fit", "cover"}};
  const auto corner = [&](const char* position) {
    auto more = box;
    more["position"] = position;
    return made(more);
  };
  EXPECT_LE(distance(corner("west").at(14, 4), kRed), 3);
  EXPECT_LE(distance(corner("east").at(1, 4), kGreen), 3);
  EXPECT_LE(distance(corner("centre").at(2, 4), kRed), 3);
  EXPECT_LE(distance(corner("centre").at(13, 4), kGreen), 3);
  // 32 x 12 of 32 x 24: half of the height goes.
  const auto top = made({{"width", 32}, {"height", 12}, {"fit", "cover"}, {"position", "northeast"}});
  EXPECT_LE(distance(top.at(4, 10), kRed), 3);
  const auto bottom = made({{"width", 32}, {"height", 12}, {"fit", "cover"}, {"position", "southwest"}});
  EXPECT_LE(distance(bottom.at(4, 1), kBlue), 3);
}

TEST_F(Quarters, TheCompassSaysWhereAContainedPictureLies) {
  const auto east = made({{"width", 48}, {"height", 24}, {"fit", "contain"}, {"position", "east"}});
  EXPECT_EQ(east.at(2, 4), kWhite);
  EXPECT_LE(distance(east.at(18, 4), kRed), 3);
}

TEST_F(Quarters, AFocusStaysInTheMiddleAsFarAsTheEdgesPermit) {
  const auto made_at = [&](double x) {
    return made({{"width", 16}, {"height", 24}, {"fit", "cover"}, {"focus", {{"x", x}, {"y", 0.5}}}});
  };
  EXPECT_LE(distance(made_at(0).at(14, 4), kRed), 3);
  EXPECT_LE(distance(made_at(1).at(1, 4), kGreen), 3);
  // Focus at 5/8 of 32: from 12 to 28, so 4 columns of red are left.
  EXPECT_LE(distance(made_at(0.625).at(1, 4), kRed), 3);
  EXPECT_LE(distance(made_at(0.625).at(6, 4), kGreen), 3);
}

TEST(ResizeGeometry, ASmartCutFindsWhereSomethingIs) {
  Workbench bench;
  // Flat but for a busy patch of strong colours near the right end.
  const auto patch = [](int x, int y) -> Pixel {
    if (x < 220 || x >= 280 || y < 20 || y >= 80) return {128, 128, 128, 255};
    return (x / 3 + y / 3) % 2 == 0 ? Pixel{250, 40, 20, 255} : Pixel{20, 30, 220, 255};
  };
  bench.objects.put("in", "p.png", paint(".png", 300, 100, patch));
  for (const char* how : {"entropy", "attention"}) {
    const auto picture =
        resized(bench, resize_request("p.png", {{"width", 100}, {"height", 100}, {"fit", "cover"}, {"position", how}}));
    int busy = 0;
    for (int x = 0; x < 100; ++x) busy += distance(picture.at(x, 50), {128, 128, 128, 255}) > 40 ? 1 : 0;
    EXPECT_GE(busy, 50) << how;
  }
  const auto middle = resized(bench, resize_request("p.png", {{"width", 100}, {"height", 100}, {"fit", "cover"}}));
  EXPECT_LE(distance(middle.at(90, 50), {128, 128, 128, 255}), 2);
}

TEST_F(Quarters, ARegionIsCutOutBeforeItIsResized) {
  const auto pixels = made({{"width", 16}, {"region", {{"left", 32}, {"top", 0}, {"width", 32}, {"height", 24}}}});
  EXPECT_EQ(std::pair(pixels.width, pixels.height), std::pair(16, 12));
  for (const int x : {0, 15}) EXPECT_LE(distance(pixels.at(x, 6), kGreen), 3);
  const auto percent =
      made({{"percent", 100}, {"region", {{"top", 50}, {"width", 50}, {"height", 50}, {"unit", "percent"}}}});
  EXPECT_EQ(std::pair(percent.width, percent.height), std::pair(32, 24));
  EXPECT_EQ(percent.at(16, 12), kBlue);
  const auto outside = bench.run(
      "image.resize", resize_request("q.png", {{"width", 9}, {"region", {{"left", 64}, {"width", 9}, {"height", 9}}}}));
  EXPECT_EQ(error_name(outside), "Image.RegionOutside");
  EXPECT_THAT(cause(outside), HasSubstr("64 x 48"));
}

TEST(ResizeGeometry, ARegionIsThatOfThePictureAsItIsShown) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Workbench bench;
    const auto jpeg = draw(".jpg[Q=95]", {.width = 800, .height = 600, .stored_turned_for = orientation});
    bench.objects.put("in", "turned.jpg", with_exif(jpeg, exif_orientation(orientation)));
    const auto green = resized(
        bench,
        resize_request("turned.jpg", {{"width", 20}, {"region", {{"left", 400}, {"width", 400}, {"height", 300}}}}));
    ASSERT_EQ(std::pair(green.width, green.height), std::pair(20, 15)) << orientation;
    for (const int x : {1, 18}) EXPECT_LE(distance(green.at(x, 7), kGreen), 12) << orientation;
  }
}

TEST(ResizeGeometry, ABorderOfOneColourIsTrimmedBeforeTheSizeIsTaken) {
  Workbench bench;
  const auto framed = [](int x, int y) -> Pixel {
    return x < 20 || x >= 60 || y < 30 || y >= 50 ? Pixel{250, 250, 250, 255} : kBlue;
  };
  bench.objects.put("in", "f.png", paint(".png", 100, 80, framed));
  const auto picture = resized(bench, resize_request("f.png", {{"percent", 100}, {"trim", 10}}));
  ASSERT_EQ(std::pair(picture.width, picture.height), std::pair(40, 20));
  EXPECT_EQ(picture.at(0, 0), kBlue);
  EXPECT_EQ(resized(bench, resize_request("f.png", {{"width", 20}, {"trim", 10}})).height, 10);
  bench.objects.put("in", "flat.png", paint(".png", 30, 20, [](int, int) { return kRed; }));
  EXPECT_EQ(resized(bench, resize_request("flat.png", {{"percent", 100}, {"trim", 10}})).width, 30);
}

TEST(ResizeGeometry, WhatTrimmingLeavesIsHeldToTheLimitsOfResults) {
  Workbench bench;
  const auto line = [](int x, int) { return x == 50 ? kBlack : kWhite; };
  bench.objects.put("in", "line.png", paint(".png", 100, 4'000, line));
  const auto result = bench.run(
      "image.resize",
      resize_request("line.png",
                     {{"width", 1'000}, {"height", 1'000}, {"fit", "outside"}, {"enlarge", true}, {"trim", 10}}));
  EXPECT_EQ(error_name(result), "Image.TooLarge") << cause(result);
}

TEST_F(Quarters, ItIsExtendedByColourAtEachSide) {
  const auto picture = made({{"percent", 100},
                             {"extend", {{"top", 1}, {"right", 2}, {"bottom", 3}, {"left", 4}}},
                             {"background", "#102030"}});
  ASSERT_EQ(std::pair(picture.width, picture.height), std::pair(64 + 6, 48 + 4));
  const Pixel frame{16, 32, 48, 255};
  EXPECT_EQ(picture.at(3, 20), frame);
  EXPECT_EQ(picture.at(4, 1), kRed);
  EXPECT_EQ(picture.at(4, 0), frame);
  EXPECT_EQ(picture.at(67, 48), kWhite);
  EXPECT_EQ(picture.at(68, 48), frame);
  EXPECT_EQ(picture.at(67, 49), frame);
}

TEST_F(Quarters, ItIsTurnedAndMirrored) {
  const auto corners = [&](Json more) {
    more["percent"] = 100;
    const auto p = made(more);
    return std::array{p.at(2, 2), p.at(p.width - 3, 2), p.at(2, p.height - 3), p.at(p.width - 3, p.height - 3)};
  };
  EXPECT_EQ(corners({{"rotate", 90}}), (std::array{kBlue, kRed, kWhite, kGreen}));
  EXPECT_EQ(corners({{"rotate", 180}}), (std::array{kWhite, kBlue, kGreen, kRed}));
  EXPECT_EQ(corners({{"rotate", 270}}), (std::array{kGreen, kWhite, kRed, kBlue}));
  EXPECT_EQ(corners({{"flip", true}}), (std::array{kBlue, kWhite, kRed, kGreen}));
  EXPECT_EQ(corners({{"flop", true}}), (std::array{kGreen, kRed, kWhite, kBlue}));
  EXPECT_EQ(corners({{"rotate", 90}, {"flop", true}}), (std::array{kRed, kBlue, kGreen, kWhite}));
  EXPECT_EQ(size_of({{"width", 24}, {"rotate", 90}}), std::pair(24, 32));
}

TEST(ResizeGeometry, TheOrientationCanBeLeftAlone) {
  Workbench bench;
  bench.objects.put("in", "t.jpg", with_exif(draw(".jpg"), exif_orientation(6)));
  EXPECT_EQ(resized(bench, resize_request("t.jpg", {{"percent", 100}})).width, 48);
  EXPECT_EQ(resized(bench, resize_request("t.jpg", {{"percent", 100}, {"autoOrient", false}})).width, 64);
}

TEST(Turn, TwoAfterAnotherAreOneAndEveryRectangleFindsBack) {
  using namespace tasks::image;
  const Size before{7, 5};
  for (int a = 1; a <= 8; ++a) {
    for (int b = 1; b <= 8; ++b) {
      const auto first = turn_of_orientation(a);
      const auto second = turn_of_orientation(b);
      const Rectangle after{1, 2, {2, 1}};
      const auto at_once = turned_back(after, before, turn_both(first, second));
      const auto step_by_step = turned_back(turned_back(after, turned(before, first), second), before, first);
      EXPECT_EQ(at_once, step_by_step) << a << " then " << b;
    }
  }
}

TEST(ResizeGeometry, ADecoderMakesAJpegSmallerUnlessAskedToBeAccurate) {
  Workbench bench;
  const auto made = [&](Json more) {
    more["format"] = "png";
    return resized(bench, resize_request("photo", more));
  };
  bench.objects.put("in", "photo", paint_scenery(".jpg[Q=95]", 1'200, 800));
  const std::pair<int, bool> cases[] = {{398, true}, {400, false}, {401, false}, {600, false}, {130, true}};
  for (const auto& [width, smaller] : cases) {
    const auto quick = made({{"width", width}});
    const auto accurate = made({{"width", width}, {"accurate", true}});
    EXPECT_LE(mean_difference(quick, accurate), 1) << width;
    EXPECT_EQ(quick.samples != accurate.samples, smaller) << width;
  }
}

TEST(ResizeGeometry, ADecoderThatWouldRoundLengthsOfARegionDoesNotMakeThePictureSmaller) {
  Workbench bench;
  const auto alike = [&](int width, int height, Json more) {
    bench.objects.put("in", "photo", paint_scenery(".jpg[Q=95]", width, height));
    more.update({{"width", 100}, {"format", "png"}});
    const auto quick = resized(bench, resize_request("photo", more));
    more["accurate"] = true;
    return quick.samples == resized(bench, resize_request("photo", more)).samples;
  };
  EXPECT_FALSE(alike(401, 301, Json::object()));
  EXPECT_FALSE(alike(400, 301, Json::object()));
  EXPECT_FALSE(alike(400, 300, Json::object()));
  const auto region = [](int left) { return Json{{"left", left}, {"top", 0}, {"width", 320}, {"height", 300}}; };
  EXPECT_TRUE(alike(400, 300, {{"region", region(1)}}));
  EXPECT_FALSE(alike(400, 300, {{"region", region(2)}}));
}

TEST(ResizeGeometry, ADecoderThatRoundsLengthsOfAWholePictureMovesNothing) {
  Workbench bench;
  for (const auto& [width, height] : {std::pair{401, 301}, {403, 305}, {1'201, 797}}) {
    bench.objects.put("in", "photo", paint_scenery(".jpg[Q=95]", width, height));
    const auto quick = resized(bench, resize_request("photo", {{"width", 60}, {"format", "png"}}));
    const auto accurate =
        resized(bench, resize_request("photo", {{"width", 60}, {"format", "png"}, {"accurate", true}}));
    EXPECT_LE(mean_difference(quick, accurate), 0.7) << width;
  }
}

TEST(ResizeGeometry, HalvedCopiesMoveNothing) {
  Workbench bench;
  // 1,202 and 902 can be halved once.
  for (const char* suffix : {".png", ".jpg[Q=95]"}) {
    bench.objects.put("in", "photo", paint_scenery(suffix, 1'202, 902));
    const auto several = bench.run(
        "image.resize",
        resize_request("photo", {{"format", "png"}, {"outputs", {{{"width", 600}}, {{"width", 40}}}}}, "{width}"));
    ASSERT_EQ(error_name(several), "none") << cause(several);
    const auto alone = resized(bench, resize_request("photo", {{"width", 40}, {"format", "png"}, {"accurate", true}}));
    EXPECT_LE(mean_difference(decode(bench.objects.bytes("out", "40")), alone), 1.5) << suffix;
  }
}

}  // namespace
}  // namespace stepd::test
