// Pictures of which something is missing: judged by what it is, and told of in the answer where it is let pass.
#include "resizing.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

Result<Json> resize(Workbench& bench, const std::string& bytes, Json more = Json::object()) {
  bench.objects.put("in", "photo", bytes);
  more.update({{"width", 100}, {"format", "png"}});
  return bench.run("image.resize", resize_request("photo", more, "small"));
}

TEST(Damage, AJpegThatLacksItsEndAndNoPixelIsShown) {
  Workbench bench;
  for (const char* suffix : {".jpg[Q=95]", ".jpg[Q=95,interlace]"}) {
    const auto whole = paint_scenery(suffix, 300, 200);
    ASSERT_EQ(error_name(resize(bench, whole)), "none");
    const auto expected = decode(bench.objects.bytes("out", "small"));
    for (const std::size_t missing : {1u, 2u}) {
      const auto result = resize(bench, whole.substr(0, whole.size() - missing));
      ASSERT_EQ(error_name(result), "none") << cause(result);
      EXPECT_EQ(decode(bench.objects.bytes("out", "small")).samples, expected.samples) << suffix;
      EXPECT_THAT(result->at("source").value("damage", ""), HasSubstr("no pixel is missing"));
    }
  }
}

TEST(Damage, AJpegThatLacksItsEndServesWhateverElsePicturesServe) {
  Workbench bench;
  const auto whole = paint_scenery(".jpg[Q=95]", 300, 200);
  const auto cut = whole.substr(0, whole.size() - 2);
  const Json outputs{{{"width", 100}}, {{"width", 50}}};
  EXPECT_EQ(
      error_name(resize(bench, cut, {{"outputs", outputs}, {"destination", {{"bucket", "out"}, {"key", "{width}"}}}})),
      "none");
  const auto told = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "photo"}, {"colours", true}});
  EXPECT_EQ(error_name(told), "none") << cause(told);
  EXPECT_EQ(error_name(resize(bench, whole, {{"watermark", {{"bucket", "in"}, {"key", "cut"}}}})), "Object.NotFound");
  bench.objects.put("in", "cut", cut);
  EXPECT_EQ(error_name(resize(bench, whole, {{"watermark", {{"bucket", "in"}, {"key", "cut"}}}})), "none");
}

TEST(Damage, AJpegThatLacksPixelsAtItsEndIsCorrupt) {
  Workbench bench;
  const auto whole = draw(".jpg", {.width = 300, .height = 200, .noise = true});
  for (const std::size_t missing : {100u, 1'000u, 10'000u}) {
    const auto cut = whole.substr(0, whole.size() - missing);
    EXPECT_EQ(error_name(resize(bench, cut)), "Image.Corrupt") << missing;
    EXPECT_EQ(error_name(resize(bench, cut, {{"failOn", "truncated"}})), "Image.Corrupt") << missing;
    const auto told = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "photo"}, {"colours", true}});
    EXPECT_EQ(error_name(told), "Image.Corrupt") << missing;
    const auto shown = resize(bench, cut, {{"failOn", "none"}});
    ASSERT_EQ(error_name(shown), "none") << cause(shown);
    EXPECT_NE(shown->at("source").value("damage", ""), "") << missing;
  }
}

TEST(Damage, WhatIsLostInTheMiddleIsToldOf) {
  Workbench bench;
  const auto whole = draw(".jpg", {.width = 300, .height = 200, .noise = true});
  const auto sound = resize(bench, whole);
  EXPECT_FALSE(sound->at("source").contains("damage"));
  auto holed = whole;
  holed.erase(whole.size() / 3, whole.size() / 3);
  const auto shown = resize(bench, holed);
  ASSERT_EQ(error_name(shown), "none") << cause(shown);
  EXPECT_THAT(shown->at("source").value("damage", ""), HasSubstr("orrupt JPEG data"));
  EXPECT_EQ(error_name(resize(bench, holed, {{"failOn", "warning"}})), "Image.Corrupt");
}

TEST(Damage, OfOtherFormatsIsToldOfWhereItIsLetPass) {
  Workbench bench;
  const auto whole = draw(".png", {.width = 300, .height = 200, .noise = true});
  const auto cut = whole.substr(0, whole.size() / 2);
  EXPECT_EQ(error_name(resize(bench, cut)), "Image.Corrupt");
  const auto shown = resize(bench, cut, {{"failOn", "none"}});
  ASSERT_EQ(error_name(shown), "none") << cause(shown);
  EXPECT_NE(shown->at("source").value("damage", ""), "");
}

}  // namespace
}  // namespace stepd::test
