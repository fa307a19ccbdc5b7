#include "handler_fixture.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

TEST(ObjectCopy, CopiesToAnotherBucketUnderTheSameKeyOrAnother) {
  Workbench bench;
  bench.objects.put("in", "a/photo.jpg", "bytes");
  const auto same =
      bench.run("object.copy", R"({"bucket": "in", "key": "a/photo.jpg", "destination": {"bucket": "out"}})");
  ASSERT_EQ(error_name(same), "none") << cause(same);
  EXPECT_EQ(same->at("bucket"), "out");
  EXPECT_EQ(same->at("key"), "a/photo.jpg");
  EXPECT_EQ(same->at("bytes"), 5);
  EXPECT_FALSE(same->at("etag").get<std::string>().empty());
  const auto other = bench.run(
      "object.copy", R"({"bucket": "in", "key": "a/photo.jpg", "destination": {"bucket": "in", "key": "b.jpg"}})");
  ASSERT_EQ(error_name(other), "none");
  EXPECT_EQ(bench.objects.bytes("out", "a/photo.jpg"), "bytes");
  EXPECT_EQ(bench.objects.bytes("in", "b.jpg"), "bytes");
  EXPECT_TRUE(bench.objects.holds("in", "a/photo.jpg"));
}

TEST(ObjectCopy, NamesItsErrors) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", "bytes");
  const auto error = [&](const char* event) { return error_name(bench.run("object.copy", event)); };
  EXPECT_EQ(error(R"({"bucket": "in", "key": "none", "destination": {"bucket": "out"}})"), "Object.NotFound");
  EXPECT_EQ(error(R"({"bucket": "in", "key": "photo.jpg", "destination": {"bucket": "off"}})"), "Object.NoSuchBucket");
  EXPECT_EQ(error(R"({"bucket": "off", "key": "photo.jpg", "destination": {"bucket": "out"}})"), "Object.NoSuchBucket");
  EXPECT_EQ(error(R"({"bucket": "in", "key": "photo.jpg", "destination": {"bucket": "in"}})"), "Object.Conflict");
  EXPECT_EQ(error(R"({"bucket": "in", "key": "photo.jpg", "destination": {"bucket": "out", "key": "../x"}})"),
            "Object.InvalidKey");
  const auto result = bench.run("object.copy", R"({"bucket": "in", "key": "photo.jpg", "destination": {"Bucket": 7}})");
  EXPECT_EQ(error_name(result), "Handler.InvalidArguments");
  EXPECT_THAT(cause(result), HasSubstr("/destination/bucket: missing"));
  EXPECT_THAT(cause(result), HasSubstr("/destination/Bucket: unknown, did you mean bucket?"));
}

TEST(ObjectDelete, SucceedsAgainForWhatIsGone) {
  Workbench bench;
  bench.objects.put("in", "photo.jpg", "bytes");
  const Json expected{{"deleted", true}, {"bucket", "in"}, {"key", "photo.jpg"}};
  for (int i = 0; i < 2; ++i) {
    const auto result = bench.run("object.delete", R"({"bucket": "in", "key": "photo.jpg"})");
    ASSERT_EQ(error_name(result), "none");
    EXPECT_EQ(*result, expected);
    EXPECT_FALSE(bench.objects.holds("in", "photo.jpg"));
  }
}

TEST(ObjectDelete, NamesItsErrors) {
  Workbench bench;
  EXPECT_EQ(error_name(bench.run("object.delete", R"({"bucket": "off", "key": "a"})")), "Object.NoSuchBucket");
  EXPECT_EQ(error_name(bench.run("object.delete", R"({"bucket": "in", "key": "/a"})")), "Object.InvalidKey");
  EXPECT_EQ(error_name(bench.run("object.delete", R"({"bucket": "in"})")), "Handler.InvalidArguments");
  EXPECT_EQ(error_name(bench.run("object.delete", R"({"bucket": "in", "key": null})")), "Handler.InvalidArguments");
}

}  // namespace
}  // namespace stepd::test
