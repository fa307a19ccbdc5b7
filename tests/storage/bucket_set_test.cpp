// Buckets that clients make and remove.
#include "storage/local/bucket_set.h"

#include "base/uploads.h"
#include "storage/local/local_objects.h"
#include "storage/store_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace stepd::storage::test {
namespace {

namespace fs = std::filesystem;

class MadeBuckets : public ::testing::Test {
 protected:
  std::unique_ptr<ObjectStore> open() {
    return open_local_objects({{"inbox", dir_.path() / "inbox"}}, {dir_.path() / "made", std::chrono::seconds{60}});
  }
  static std::string fault(const Result<void>& result) { return result ? "" : result.error().name; }

  const TempDir dir_;
};

TEST_F(MadeBuckets, OutliveARestart) {
  auto objects = open();
  EXPECT_EQ(fault(objects->make_bucket("mine")), "");
  EXPECT_EQ(fault(objects->make_bucket("mine")), "Object.BucketExists");
  EXPECT_EQ(fault(objects->make_bucket("inbox")), "Object.BucketExists");
  EXPECT_EQ(fault(objects->make_bucket("../x")), "Object.InvalidBucketName");
  objects = open();
  EXPECT_EQ(objects->buckets(), (std::vector<std::string>{"inbox", "mine"}));
  EXPECT_TRUE(objects->bucket("mine")->made);
  EXPECT_FALSE(objects->bucket("inbox")->made);
  EXPECT_EQ(objects->bucket("other").error().name, "Object.NoSuchBucket");
}

TEST_F(MadeBuckets, AreRemovedWhenTheyAreEmpty) {
  const auto objects = open();
  ASSERT_TRUE(objects->make_bucket("mine"));
  const auto writer = objects->create({"mine", "a/b"}, "").value();
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(fault(objects->remove_bucket("mine")), "Object.BucketNotEmpty");
  EXPECT_EQ(fault(objects->remove_bucket("inbox")), "Object.AccessDenied");
  ASSERT_TRUE(objects->remove({"mine", "a/b"}));
  fs::create_directories(dir_.path() / "made" / "mine" / "empty" / "folder");
  ASSERT_TRUE(objects->uploads()->begin({"mine", "open"}, {}));
  EXPECT_EQ(fault(objects->remove_bucket("mine")), "");
  EXPECT_FALSE(fs::exists(dir_.path() / "made" / "mine"));
  EXPECT_EQ(fault(objects->remove_bucket("mine")), "Object.NoSuchBucket");
}

TEST_F(MadeBuckets, AreNoneWithoutAPlaceForThem) {
  const auto objects = open_local_objects({{"inbox", dir_.path() / "inbox"}});
  EXPECT_EQ(fault(objects->make_bucket("mine")), "Object.AccessDenied");
}

}  // namespace
}  // namespace stepd::storage::test
