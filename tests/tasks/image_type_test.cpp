#include "handler_fixture.h"
#include "pictures.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

Json type_of(Workbench& bench, const std::string& key) {
  auto result = bench.run("image.type", Json{{"bucket", "in"}, {"key", key}});
  EXPECT_EQ(error_name(result), "none") << cause(result);
  return result ? *result : Json();
}

TEST(ImageType, GoesByContentAndSaysWhatTheNameClaims) {
  Workbench bench;
  bench.objects.put("in", "album/photo.PNG", draw(".jpg"));
  EXPECT_EQ(type_of(bench, "album/photo.PNG"), Json::parse(R"({"type": "jpeg", "mediaType": "image/jpeg",
      "extension": "jpg", "variant": null, "animated": false, "nameExtension": "PNG", "agrees": false})"));
  bench.objects.put("in", "photo.JPEG", draw(".jpg"));
  EXPECT_EQ(type_of(bench, "photo.JPEG"), Json::parse(R"({"type": "jpeg", "mediaType": "image/jpeg",
      "extension": "jpg", "variant": null, "animated": false, "nameExtension": "JPEG", "agrees": true})"));
  bench.objects.put("in", "photo", draw(".webp"));
  EXPECT_EQ(type_of(bench, "photo"), Json::parse(R"({"type": "webp", "mediaType": "image/webp",
      "extension": "webp", "variant": "lossy", "animated": false, "nameExtension": null, "agrees": false})"));
}

TEST(ImageType, AnswersNullForWhatIsNoPicture) {
  Workbench bench;
  bench.objects.put("in", "notes.jpg", "Dear diary,\n");
  EXPECT_EQ(type_of(bench, "notes.jpg"),
            Json::parse(R"({"type": null, "mediaType": null, "extension": null, "variant": null,
      "animated": false, "nameExtension": "jpg", "agrees": false})"));
}

TEST(ImageType, TellsTheTypesThatItDoesNotDecode) {
  Workbench bench;
  const std::pair<std::string, std::string> cases[] = {
      {bmp(3, 2), "bmp"}, {"<svg/>", "svg"}, {"%PDF-1.4\n", "pdf"}, {draw(".avif"), "avif"}, {draw(".heic"), "heic"}};
  for (const auto& [bytes, expected] : cases) {
    bench.objects.put("in", "x." + expected, bytes);
    const auto found = type_of(bench, "x." + expected);
    EXPECT_EQ(found.value("type", ""), expected);
    EXPECT_EQ(found.value("agrees", false), true) << expected;
  }
}

TEST(ImageType, ReadsTheStartOfAnObjectOnly) {
  Workbench bench;
  bench.objects.put("in", "large.jpg", draw(".jpg") + std::string(5'000'000, 'x'));
  type_of(bench, "large.jpg");
  EXPECT_LE(bench.objects.bytes_read(), 65'536u);
}

TEST(ImageType, NamesItsErrors) {
  Workbench bench;
  bench.objects.put("in", "empty.jpg", "");
  EXPECT_EQ(error_name(bench.run("image.type", R"({"bucket": "in", "key": "empty.jpg"})")), "Image.Empty");
  EXPECT_EQ(error_name(bench.run("image.type", R"({"bucket": "in", "key": "none.jpg"})")), "Object.NotFound");
  EXPECT_EQ(error_name(bench.run("image.type", R"({"bucket": "off", "key": "a.jpg"})")), "Object.NoSuchBucket");
  EXPECT_EQ(error_name(bench.run("image.type", R"({"bucket": "in", "key": "../a.jpg"})")), "Object.InvalidKey");
  const auto result = bench.run("image.type", R"({"Bucket": "in"})");
  EXPECT_EQ(error_name(result), "Handler.InvalidArguments");
  EXPECT_THAT(cause(result), HasSubstr("/bucket: missing"));
  EXPECT_THAT(cause(result), HasSubstr("/key: missing"));
  EXPECT_THAT(cause(result), HasSubstr("/Bucket: unknown, did you mean bucket?"));
}

TEST(ImageType, TellsTheKindsOfATypeApart) {
  using namespace std::string_literals;
  const auto png = draw(".png");
  // PNG (third edition) §11.3.6.1: the control chunk of an animation, behind the header.
  const auto apng = png.substr(0, 33) + "\0\0\0\x08"s + "acTL" + "\0\0\0\2\0\0\0\0sums"s + png.substr(33);
  auto old_gif = draw(".gif");
  old_gif.replace(0, 6, "GIF87a");
  auto sequence = draw(".avif");
  sequence.replace(8, 4, "avis");
  struct Case {
    std::string bytes, type, variant;
    bool animated;
  };
  const Case cases[] = {
      {png, "png", "png", false},
      {apng, "png", "apng", true},
      {draw(".gif"), "gif", "gif89a", false},
      {draw(".gif", {.frames = 3}), "gif", "gif89a", true},
      {old_gif, "gif", "gif87a", false},
      {draw(".webp"), "webp", "lossy", false},
      {draw(".webp", {.bands = 4}), "webp", "lossy", false},
      {draw(".webp[lossless]"), "webp", "lossless", false},
      {draw(".webp", {.frames = 3}), "webp", "animated", true},
      {draw(".avif"), "avif", "avif", false},
      {sequence, "avif", "avis", true},
      {draw(".heic"), "heic", "heic", false},
      {draw(".tif"), "tiff", "little-endian", false},
      {draw(".tif[bigtiff]"), "tiff", "bigtiff", false},
      {"MM\0*\0\0\0\x08"s, "tiff", "big-endian", false},
      {"\xFF\x0A\0\0"s, "jxl", "codestream", false},
      {"\0\0\0\x0CJXL \r\n\x87\n"s, "jxl", "container", false},
      {"\xFF\x4F\xFF\x51\0"s, "jp2", "codestream", false},
      {"8BPS\0\1\0\0\0\0\0\0\0\3"s, "psd", "", false},
  };
  Workbench bench;
  for (const auto& [bytes, type, variant, animated] : cases) {
    bench.objects.put("in", "x", bytes);
    const auto found = type_of(bench, "x");
    EXPECT_EQ(found.value("type", Json()), type) << variant;
    EXPECT_EQ(found.at("variant"), variant.empty() ? Json() : Json(variant)) << type;
    EXPECT_EQ(found.at("animated"), animated) << variant;
  }
}

std::string verified(Workbench& bench, const std::string& bytes) {
  bench.objects.put("in", "x", bytes);
  return error_name(bench.run("image.type", R"({"bucket": "in", "key": "x", "verify": true})"));
}

TEST(ImageType, VerifiesThatAPictureIsWholeAndAlone) {
  using namespace std::string_literals;
  Workbench bench;
  for (const auto& sample : readable_samples()) {
    const auto& bytes = sample.bytes;
    EXPECT_EQ(verified(bench, bytes), "none") << sample.name;
    if (sample.name.ends_with(".tif")) continue;  // its parts lie in any order
    for (const auto left : {bytes.size() - 3, bytes.size() / 2, std::size_t{40}})
      EXPECT_EQ(verified(bench, bytes.substr(0, left)), "Image.Truncated") << sample.name << " cut to " << left;
    for (const auto& behind : {"PK\3\4\x14\0\0\0"s, "\n<?php system($_GET[0]);"s, "%PDF-1.7\n"s})
      EXPECT_EQ(verified(bench, bytes + behind), "Image.Polyglot") << sample.name;
  }
  EXPECT_EQ(verified(bench, draw(".jpg") + draw(".jpg")), "none");
  EXPECT_EQ(verified(bench, png_claiming(0, 9)), "Image.NoPixels");
  EXPECT_EQ(verified(bench, bmp(0, 9)), "Image.NoPixels");
  auto gif = draw(".gif");
  gif.replace(6, 2, "\0\0"s);
  EXPECT_EQ(verified(bench, gif), "Image.NoPixels");
  EXPECT_EQ(verified(bench, ""), "Image.Empty");
  EXPECT_EQ(verified(bench, "Dear diary,\n"), "none");
}

}  // namespace
}  // namespace stepd::test
