// What image.metadata says of pixels, against values that are known: of drawings, and of the hashes' own encoders.
#include "handler_fixture.h"
#include "pictures.h"
#include "tasks/image/analysis/palette.h"
#include "tasks/image/analysis/perceptual_hash.h"
#include "tasks/image/analysis/placeholders.h"
#include "tasks/image/metadata/checksums.h"

#include <gmock/gmock.h>

#include <bit>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;
using namespace tasks::image;

Result<Json> described(const std::string& bytes, const Json& flags, tasks::ImageLimits limits = {}) {
  Workbench bench(limits);
  bench.objects.put("in", "photo", bytes);
  Json event{{"bucket", "in"}, {"key", "photo"}};
  event.update(flags);
  return bench.run("image.metadata", event);
}

Json member(const std::string& bytes, const char* name) {
  const auto result = described(bytes, {{name, true}});
  EXPECT_EQ(error_name(result), "none") << cause(result);
  return result ? result->at(name) : Json();
}

std::string repeated(std::initializer_list<int> pixel, std::size_t count) {
  std::string samples;
  for (std::size_t i = 0; i < count; ++i) {
    for (const int sample : pixel) samples += static_cast<char>(sample);
  }
  return samples;
}

/// A pattern that any program can draw, without a symmetry that would make cosines vanish.
std::string pattern(Size size, int bands, bool transparent = false) {
  std::string samples;
  for (unsigned y = 0; y < size.height; ++y) {
    for (unsigned x = 0; x < size.width; ++x) {
      for (const unsigned sample : {x * 37 + y * y * 11, y * 43 + x * x * 5, x * y * 17 + x * 29}) {
        samples += static_cast<char>(sample & 255u);
      }
      if (bands == 4) samples += static_cast<char>(transparent ? (x * 36 + y * 7) & 255u : 255u);
    }
  }
  return samples;
}

int differing_bits(const Json& a, const Json& b) {
  const auto bits = [](const Json& hash) { return std::stoull(hash.get<std::string>(), nullptr, 16); };
  return std::popcount(bits(a) ^ bits(b));
}

TEST(Colours, AreCountedByHowMuchOfThePictureHasThem) {
  const auto colours =
      count_colours(repeated({200, 10, 10}, 60) + repeated({10, 10, 200}, 30) + repeated({250, 250, 250}, 10), 3);
  EXPECT_EQ(colours, Json::parse(R"({"average": "#94225b", "dominant": "#c80a0a", "palette": [
      {"colour": "#c80a0a", "share": 0.6}, {"colour": "#0a0ac8", "share": 0.3}, {"colour": "#fafafa", "share": 0.1}]})"));
}

TEST(Colours, NearOnesAreOneAndTransparentOnesNone) {
  const auto near = count_colours(repeated({100, 100, 100}, 6) + repeated({115, 100, 100}, 4), 3);
  EXPECT_EQ(near.at("palette"), Json::parse(R"([{"colour": "#6a6464", "share": 1.0}])"));
  const auto half = count_colours(repeated({1, 2, 3, 255}, 2) + repeated({250, 250, 250, 127}, 50), 4);
  EXPECT_EQ(half.at("dominant"), "#010203");
  const auto none = count_colours(repeated({1, 2, 3, 0}, 9), 4);
  EXPECT_EQ(none, Json::parse(R"({"average": null, "dominant": null, "palette": []})"));
}

TEST(Colours, OfAPictureAreItsOwn) {
  const auto colours = member(draw(".png", {.width = 640, .height = 480}), "colours");
  EXPECT_EQ(colours.at("palette").size(), 4u);
  for (const auto& each : colours.at("palette")) {
    EXPECT_NEAR(each.at("share").get<double>(), 0.25, 0.02);
  }
  EXPECT_THAT(colours.at("palette").dump(), HasSubstr("#ff0000"));
}

TEST(Placeholders, AreThoseOfTheirOwnEncoders) {
  // As the encoders in Python (blurhash 1.1.4) and JavaScript (thumbhash 0.1.1) answer.
  EXPECT_EQ(make_blurhash(pattern({8, 6}, 3), {8, 6}), "LQGu~^b-1C?9#IHuD+xtIB9cT]=M");
  EXPECT_EQ(make_blurhash(pattern({6, 8}, 3), {6, 8}), "TZH24jNpE[tlIoe,HcD+o#n7l3o#");
  EXPECT_EQ(make_blurhash(pattern({20, 15}, 3), {20, 15}), "L8HV3gtiL*kq?pjpM_SsIxIamnIt");
  EXPECT_EQ(make_thumbhash(pattern({8, 6}, 4), {8, 6}), "XfgJHYoCV4YzpohVi5WXd+9SeMCM");
  EXPECT_EQ(make_thumbhash(pattern({7, 9}, 4), {7, 9}), "XRgKJQZAVlaWR5RZppl5Z/x3ZGb0");
  EXPECT_EQ(make_thumbhash(pattern({8, 6}, 4, true), {8, 6}), "IgiGDIQnVYo4yDeP+FuyGPULsnOWlpZ4CA==");
  EXPECT_EQ(make_thumbhash(pattern({40, 5}, 4), {40, 5}), "H+gBCYIkBBEwAyS3+xC3+oM=");
}

TEST(Likeness, OfSlopesIsKnown) {
  std::string rising;
  std::string falling;
  for (unsigned y = 0; y < kDHashHeight; ++y) {
    for (unsigned x = 0; x < kDHashWidth; ++x) {
      rising += static_cast<char>(20 * x);
      falling += static_cast<char>(200 - 20 * x);
    }
  }
  EXPECT_EQ(make_dhash(rising), "ffffffffffffffff");
  EXPECT_EQ(make_dhash(falling), "0000000000000000");
}

TEST(Likeness, StaysWhenThePictureIsScaledOrWrittenAnew) {
  Workbench bench;
  bench.objects.put("in", "photo", draw(".png", {.noise = true}));
  const auto resized = bench.run("image.resize", R"({"bucket": "in", "key": "photo", "width": 640, "enlarge": true,
                                                     "destination": {"bucket": "out", "key": "large"}})");
  ASSERT_EQ(error_name(resized), "none") << cause(resized);
  const auto plain = member(draw(".png", {.noise = true}), "hashes");
  const auto large = member(bench.objects.bytes("out", "large"), "hashes");
  const auto poor = member(draw(".jpg[Q=40]", {.noise = true}), "hashes");
  const auto other = member(draw(".png"), "hashes");
  for (const char* hash : {"pHash", "dHash"}) {
    EXPECT_LE(differing_bits(plain.at(hash), large.at(hash)), 10) << hash;
    EXPECT_LE(differing_bits(plain.at(hash), poor.at(hash)), 10) << hash;
    EXPECT_GE(differing_bits(plain.at(hash), other.at(hash)), 16) << hash;
  }
  EXPECT_EQ(plain.at("blurHash").get<std::string>().size(), 28u);
}

TEST(Hashes, SeeThePictureUpright) {
  const auto upright = member(draw(".jpg", {.width = 80, .height = 60}), "hashes");
  const auto turned = with_exif(draw(".jpg", {.width = 80, .height = 60, .stored_turned_for = 6}), exif_orientation(6));
  EXPECT_LE(differing_bits(member(turned, "hashes").at("pHash"), upright.at("pHash")), 2);
}

TEST(Statistics, TellWhetherAlphaIsUsed) {
  EXPECT_EQ(member(draw(".png", {.bands = 4}), "statistics").at("alphaUsed"), true);
  EXPECT_EQ(member(draw(".png", {.bands = 3}), "statistics").at("alphaUsed"), false);
  EXPECT_EQ(member(draw(".webp[lossless]", {.bands = 4}), "statistics").at("alphaUsed"), true);
  // The channel is there, and opaque all over.
  const auto opaque = draw(".png", {.bands = 4, .opaque = true});
  EXPECT_EQ(described(opaque, {{"statistics", true}})->at("hasAlpha"), true);
  EXPECT_EQ(member(opaque, "statistics").at("alphaUsed"), false);
  EXPECT_EQ(member(draw(".png", {.bands = 4, .deep = true, .opaque = true}), "statistics").at("alphaUsed"), false);
}

TEST(Statistics, TellSharpFromSoftAndBusyFromEmpty) {
  const auto noise = member(draw(".png", {.noise = true}), "statistics");
  const auto quarters = member(draw(".png"), "statistics");
  EXPECT_GT(noise.at("sharpness").get<double>(), 5 * quarters.at("sharpness").get<double>());
  EXPECT_GT(noise.at("entropy").get<double>(), 6.0);
  EXPECT_NEAR(quarters.at("entropy").get<double>(), 2.0, 0.05);  // four colours, equally many: two bits
}

TEST(Checksums, AreThoseOfTheFile) {
  // What md5sum, sha1sum, sha256sum and crc32 say of these nine bytes.
  EXPECT_EQ(make_checksums("123456789"), Json::parse(R"({"md5": "25f9e794323b453885f5181f1b624d0b",
      "sha1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
      "sha256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", "crc32": "cbf43926"})"));
  const auto picture = draw(".png");
  EXPECT_EQ(member(picture, "checksums"), make_checksums(picture));
}

TEST(PixelMembers, AreHeldToTheLimitsOfDecoding) {
  for (const char* flag : {"colours", "hashes", "statistics"}) {
    const auto huge = described(png_claiming(50'000, 50'000), {{flag, true}});
    EXPECT_EQ(error_name(huge), "Image.TooManyPixels") << flag;
    EXPECT_EQ(error_name(described(jpeg_with_scans(2'000, 2'000, 5'000), {{flag, true}})), "Image.TooManyScans");
    const auto photo = draw(".jpg", {.width = 400, .height = 300, .noise = true});
    EXPECT_EQ(error_name(described(photo.substr(0, photo.size() / 2), {{flag, true}})), "Image.Corrupt") << flag;
  }
  EXPECT_EQ(error_name(described(png_claiming(50'000, 50'000), {{"checksums", true}})), "none");
}

TEST(PixelMembers, AreThereForEveryKindOfPicture) {
  for (const auto& sample : readable_samples()) {
    const auto result = described(sample.bytes, {{"colours", true}, {"hashes", true}, {"statistics", true}});
    EXPECT_EQ(error_name(result), "none") << sample.name << ": " << cause(result);
  }
}

}  // namespace
}  // namespace stepd::test
