#include "pictures.h"
#include "support.h"

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
      "extension": "jpg", "nameExtension": "PNG", "agrees": false})"));
  bench.objects.put("in", "photo.JPEG", draw(".jpg"));
  EXPECT_EQ(type_of(bench, "photo.JPEG"), Json::parse(R"({"type": "jpeg", "mediaType": "image/jpeg",
      "extension": "jpg", "nameExtension": "JPEG", "agrees": true})"));
  bench.objects.put("in", "photo", draw(".webp"));
  EXPECT_EQ(type_of(bench, "photo"), Json::parse(R"({"type": "webp", "mediaType": "image/webp",
      "extension": "webp", "nameExtension": null, "agrees": false})"));
}

TEST(ImageType, AnswersNullForWhatIsNoPicture) {
  Workbench bench;
  bench.objects.put("in", "notes.jpg", "Dear diary,\n");
  EXPECT_EQ(type_of(bench, "notes.jpg"), Json::parse(R"({"type": null, "mediaType": null, "extension": null,
      "nameExtension": "jpg", "agrees": false})"));
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

}  // namespace
}  // namespace stepd::test
