// What samples mean: profiles that fit, profiles that do not, the gamma of a PNG, and inks without a profile.
#include "resizing.h"
#include "tasks/image/vips.h"

#include <gmock/gmock.h>

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

constexpr Pixel kClay{200, 100, 50, 255};
const std::vector<int> kClayValues{200, 100, 50};
// AVIF codes colours of 4:2:0 in few bits.
constexpr int kCoding = 5;

std::string profile_in(const std::string& bytes) {
  tasks::image::start_vips();
  const tasks::image::Picture picture(vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr));
  const void* blob = nullptr;
  std::size_t size = 0;
  if (picture == nullptr || vips_image_get_typeof(picture.get(), VIPS_META_ICC_NAME) == 0 ||
      vips_image_get_blob(picture.get(), VIPS_META_ICC_NAME, &blob, &size) != 0) {
    return {};
  }
  return {static_cast<const char*>(blob), size};
}

/// As the profile names it, empty if there is none.
std::string space_in(const std::string& bytes) {
  const auto profile = profile_in(bytes);
  return profile.empty() ? "" : profile.substr(16, 4);
}

/// The light that an ink leaves of what the black one leaves.
Pixel without_inks(const std::vector<int>& inks) {
  Pixel pixel{0, 0, 0, 255};
  for (std::size_t i = 0; i < 3; ++i)
    pixel[i] = static_cast<int>(std::lround((255 - inks[i]) * (255 - inks[3]) / 255.0));
  return pixel;
}

class ProfileOfGrey : public testing::TestWithParam<const char*> {
 protected:
  ProfileOfGrey() {
    // libvips writes no such PNG, others do.
    const bool png = std::string_view(GetParam()) == ".png";
    bench.objects.put("in", "photo",
                      png ? with_profile(flat(".png", kClayValues), grey_profile(1.8))
                          : flat(GetParam(), kClayValues, grey_profile(1.8)));
  }
  Pixel middle(Json more) {
    if (!more.contains("percent")) more["width"] = 48;
    if (!more.contains("format")) more["format"] = "png";
    const auto picture = resized(bench, resize_request("photo", more));
    return picture.bands == 0 ? Pixel{} : picture.at(picture.width / 2, picture.height / 2);
  }
  Workbench bench;
};

TEST_P(ProfileOfGrey, LeavesAPictureOfColoursAlone) {
  EXPECT_LE(distance(middle(Json::object()), kClay), kCoding);
  EXPECT_LE(distance(middle({{"percent", 100}}), kClay), kCoding);
  EXPECT_LE(distance(middle({{"linear", true}}), kClay), kCoding);
  EXPECT_LE(distance(middle({{"format", "jpeg"}, {"quality", 95}}), kClay), kCoding + 3);
}

TEST_P(ProfileOfGrey, IsNotKeptBesideColours) {
  for (const char* format : {"png", "jpeg", "webp", "tiff"}) {
    const auto bytes =
        resized_bytes(bench, resize_request("photo", {{"width", 48}, {"format", format}, {"colours", "keep"}}));
    EXPECT_LE(distance(decode(bytes).at(20, 10), kClay), kCoding + 3) << format;
    EXPECT_NE(space_in(bytes), "GRAY") << format;
  }
}

TEST_P(ProfileOfGrey, SpoilsNeitherOutputsNorAWatermarkNorTheColoursToldOfIt) {
  const auto several = bench.run(
      "image.resize",
      resize_request("photo", {{"outputs", {{{"width", 48}}, {{"width", 24}}}}, {"format", "png"}}, "o-{width}"));
  ASSERT_EQ(error_name(several), "none") << cause(several);
  for (const char* key : {"o-48", "o-24"})
    EXPECT_LE(distance(decode(bench.objects.bytes("out", key)).at(10, 5), kClay), kCoding) << key;

  bench.objects.put("in", "black", flat(".png", {0, 0, 0}));
  const auto marked = resized(
      bench,
      resize_request("black", {{"percent", 100}, {"watermark", {{"bucket", "in"}, {"key", "photo"}, {"scale", 0.5}}}}));
  EXPECT_LE(distance(marked.at(94, 62), kClay), kCoding);

  const auto told = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "photo"}, {"colours", true}});
  ASSERT_EQ(error_name(told), "none") << cause(told);
  const auto average = std::stoi(told->at("colours").at("average").get<std::string>().substr(1), nullptr, 16);
  EXPECT_LE(distance({average >> 16, average >> 8 & 255, average & 255, 255}, kClay), kCoding);
}

std::string name_of_suffix(const testing::TestParamInfo<const char*>& info) {
  std::string name(info.param);
  name = name.substr(1, name.find('[') - 1);
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, ProfileOfGrey,
                         testing::Values(".jpg[Q=100]", ".png", ".webp[lossless]", ".tif", ".avif[Q=95]"),
                         name_of_suffix);

TEST(ColourProfile, OfAnotherSpaceLeavesInksAlone) {
  Workbench bench;
  const std::vector<int> inks{30, 60, 90, 20};
  for (const auto& profile : {grey_profile(1.8), profile_in(draw(".jpg[profile=p3]"))}) {
    for (const char* suffix : {".jpg[Q=100]", ".tif"}) {
      bench.objects.put("in", "print", flat(suffix, inks, profile, true));
      const auto picture = resized(bench, resize_request("print", {{"width", 30}, {"format", "png"}}));
      EXPECT_LE(distance(picture.at(15, 10), without_inks(inks)), 2) << suffix;
    }
  }
}

TEST(ColourProfile, OfGreyIsApplied) {
  Workbench bench;
  for (const double gamma : {1.8, 1.0}) {
    for (const char* suffix : {".jpg[Q=100]", ".png", ".tif"}) {
      bench.objects.put("in", "grey", flat(suffix, {120}, grey_profile(gamma)));
      const auto picture = resized(bench, resize_request("grey", {{"width", 48}, {"format", "png"}}));
      EXPECT_EQ(picture.bands, 1) << suffix;
      EXPECT_NEAR(picture.at(20, 10)[0], as_srgb(120, gamma), 1) << suffix;
    }
  }
}

TEST(ColourProfile, OfGreyIsKeptWhereThereIsAPlaceForIt) {
  Workbench bench;
  for (const double gamma : {1.8, 1.0}) {
    bench.objects.put("in", "grey", flat(".png", {120}, grey_profile(gamma)));
    const auto kept = [&](Json more) {
      more.update({{"width", 48}, {"colours", "keep"}});
      return resized_bytes(bench, resize_request("grey", more));
    };
    for (const char* format : {"jpeg", "png", "tiff"}) {
      const auto bytes = kept({{"format", format}});
      EXPECT_NEAR(decode(bytes).at(20, 10)[0], 120, 1) << format;
      EXPECT_EQ(profile_in(bytes), grey_profile(gamma)) << format;
    }
    // These have no grey, and one of them no profile.
    for (const char* format : {"webp", "avif", "gif"}) {
      const auto bytes = kept({{"format", format}});
      EXPECT_NEAR(decode(bytes).at(20, 10)[0], as_srgb(120, gamma), 3) << format;
      EXPECT_NE(space_in(bytes), "GRAY") << format;
    }
    // Nor does a picture stay grey that is padded with a colour.
    const auto padded = kept({{"height", 48}, {"fit", "contain"}, {"background", "#ff0000"}, {"format", "png"}});
    EXPECT_NEAR(decode(padded).at(24, 24)[0], as_srgb(120, gamma), 1);
    EXPECT_EQ(decode(padded).at(24, 1), kRed);
  }
}

TEST(ColourProfile, OfColoursOnAGreyPictureCountsForThreeEqualSamples) {
  Workbench bench;
  const auto p3 = profile_in(draw(".jpg[profile=p3]"));
  ASSERT_FALSE(p3.empty());
  std::vector<std::string> samples{with_profile(flat(".jpg[Q=100]", {120}), p3), flat(".tif", {120}, p3)};
  std::erase_if(samples, [](const auto& grey) { return profile_in(grey).empty(); });
  if (samples.empty()) GTEST_SKIP() << "This libvips has no profile of colours in a grey picture.";
  // The curve of Display P3 is sRGB's, and its greys are.
  for (const auto& grey : samples) {
    ASSERT_EQ(profile_in(grey), p3);
    bench.objects.put("in", "grey", grey);
    const auto plain = resized(bench, resize_request("grey", {{"width", 48}, {"format", "png"}}));
    EXPECT_EQ(plain.bands, 1);
    EXPECT_NEAR(plain.at(20, 10)[0], 120, 1);
    const auto kept =
        resized_bytes(bench, resize_request("grey", {{"width", 48}, {"format", "png"}, {"colours", "keep"}}));
    EXPECT_EQ(decode(kept).bands, 3);
    EXPECT_EQ(profile_in(kept), p3);
    EXPECT_NEAR(decode(kept).at(20, 10)[1], 120, 1);
  }
}

std::string gamma_chunk(const std::string& png, std::uint32_t gamma) {
  return with_chunk(png, "gAMA", big_endian({gamma}));
}

TEST(PngGamma, IsAppliedToSamplesOfEveryKind) {
  Workbench bench;
  const std::pair<std::uint32_t, int> cases[] = {{100'000, 188}, {55'100, 146}, {22'727, 62}};
  for (const auto& [gamma, expected] : cases) {
    ASSERT_NEAR(as_srgb(128, 100'000.0 / gamma), expected, 1);
    for (const auto& values : {std::vector{128}, {128, 255}, {128, 128, 128}, {128, 128, 128, 255}}) {
      for (const char* suffix : {".png", ".png[interlace]", ".png[palette]"}) {
        if (values.size() < 3 && std::string_view(suffix) == ".png[palette]") continue;
        bench.objects.put("in", "photo", gamma_chunk(flat(suffix, values), gamma));
        const auto picture = resized(bench, resize_request("photo", {{"width", 48}}));
        EXPECT_NEAR(picture.at(20, 10)[1], expected, 1) << suffix << values.size() << " at " << gamma;
        if (std::string_view(suffix) != ".png[palette]")
          EXPECT_EQ(picture.bands, static_cast<int>(values.size())) << suffix;
      }
    }
  }
}

TEST(PngGamma, IsAppliedToSixteenBitsOutputsAndColoursToldOfIt) {
  Workbench bench;
  const auto red = [](int value) { return as_srgb(value, 1); };
  bench.objects.put("in", "deep", gamma_chunk(draw(".png", {.deep = true}), 100'000));
  EXPECT_LE(distance(resized(bench, resize_request("deep", {{"width", 32}})).at(4, 4), kRed), 1);
  bench.objects.put("in", "photo", gamma_chunk(flat(".png", kClayValues), 100'000));
  const Pixel expected{red(200), red(100), red(50), 255};
  const auto several = bench.run(
      "image.resize", resize_request("photo", {{"outputs", {{{"width", 48}}, {{"width", 24}}}}}, "o-{width}"));
  ASSERT_EQ(error_name(several), "none") << cause(several);
  for (const char* key : {"o-48", "o-24"})
    EXPECT_LE(distance(decode(bench.objects.bytes("out", key)).at(10, 5), expected), 1) << key;
  EXPECT_LE(distance(resized(bench, resize_request("photo", {{"width", 24}, {"linear", true}})).at(5, 5), expected), 2);
  const auto told = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "photo"}, {"colours", true}});
  const auto average = std::stoi(told->at("colours").at("average").get<std::string>().substr(1), nullptr, 16);
  EXPECT_LE(distance({average >> 16, average >> 8 & 255, average & 255, 255}, expected), 1);
}

TEST(PngGamma, IsKeptAsAProfile) {
  Workbench bench;
  for (const auto& values : {std::vector{128}, {128, 128, 128}}) {
    bench.objects.put("in", "photo", gamma_chunk(flat(".png", values), 55'100));
    const auto event = resize_request("photo", {{"width", 48}, {"colours", "keep"}});
    const auto kept = resized_bytes(bench, event);
    EXPECT_NEAR(decode(kept).at(20, 10)[0], 128, 1);
    EXPECT_EQ(kept, resized_bytes(bench, event));
    bench.objects.put("in", "kept", kept);
    EXPECT_NEAR(resized(bench, resize_request("kept", {{"percent", 100}})).at(20, 10)[0], 146, 1);
  }
}

TEST(PngGamma, GivesWayToWhatSaysMore) {
  Workbench bench;
  const auto middle = [&](const std::string& png) {
    bench.objects.put("in", "photo", png);
    return resized(bench, resize_request("photo", {{"width", 48}})).at(20, 10)[0];
  };
  const auto plain = flat(".png", {128, 128, 128});
  EXPECT_EQ(middle(with_chunk(gamma_chunk(plain, 100'000), "sRGB", std::string(1, '\0'))), 128);
  EXPECT_EQ(middle(gamma_chunk(flat(".png[profile=srgb]", {128, 128, 128}), 100'000)), 128);
  // What pictures in sRGB say for old readers, and what says nothing.
  EXPECT_EQ(middle(gamma_chunk(plain, 45'455)), 128);
  EXPECT_EQ(middle(gamma_chunk(plain, 0)), 128);
  EXPECT_EQ(
      middle(with_chunk(plain, "cHRM", big_endian({31'270, 32'900, 64'000, 33'000, 30'000, 60'000, 15'000, 6'000}))),
      128);
  // Primaries in one point describe nothing.
  EXPECT_EQ(middle(with_chunk(plain, "cHRM", big_endian({31'270, 32'900, 1, 1, 1, 1, 1, 1}))), 128);
  EXPECT_EQ(middle(with_chunk(plain, "cHRM", "short")), 128);
}

TEST(PngGamma, GoesTogetherWithChromaticities) {
  Workbench bench;
  // Display P3's primaries; the matrix from its light to sRGB's.
  const auto p3 = big_endian({31'270, 32'900, 68'000, 32'000, 26'500, 69'000, 15'000, 6'000});
  constexpr double kMatrix[3][3] = {{1.2249, -0.2247, 0}, {-0.0420, 1.0419, 0}, {-0.0196, -0.0786, 1.0979}};
  Pixel expected{0, 0, 0, 255};
  for (std::size_t row = 0; row < 3; ++row) {
    double light = 0;
    for (std::size_t i = 0; i < 3; ++i) light += kMatrix[row][i] * std::pow(kClayValues[i] / 255.0, 1 / 0.6);
    expected[row] = as_srgb(static_cast<int>(std::lround(255 * std::clamp(light, 0.0, 1.0))), 1);
  }
  bench.objects.put("in", "photo", gamma_chunk(with_chunk(flat(".png", kClayValues), "cHRM", p3), 60'000));
  const auto picture = resized(bench, resize_request("photo", {{"width", 48}}));
  EXPECT_LE(distance(picture.at(20, 10), expected), 3);
}

TEST(Inks, WithoutAProfileLeaveTheLightThatBrowsersShow) {
  Workbench bench;
  for (const auto& inks :
       {std::vector{0, 0, 0, 255}, {0, 0, 0, 0}, {30, 60, 90, 20}, {255, 0, 0, 0}, {0, 128, 255, 64}}) {
    for (const char* suffix : {".jpg[Q=100]", ".tif"}) {
      bench.objects.put("in", "print", flat(suffix, inks, {}, true));
      const auto event = resize_request("print", {{"width", 30}, {"format", "png"}});
      const auto picture = resized(bench, event);
      ASSERT_EQ(picture.bands, 3);
      EXPECT_LE(distance(picture.at(15, 10), without_inks(inks)), 2) << suffix << " " << inks[3];
      const auto told = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "print"}, {"colours", true}});
      const auto average = std::stoi(told->at("colours").at("average").get<std::string>().substr(1), nullptr, 16);
      EXPECT_LE(distance({average >> 16, average >> 8 & 255, average & 255, 255}, without_inks(inks)), 2) << suffix;
    }
  }
}

}  // namespace
}  // namespace stepd::test
