// Keys that a tree of folders cannot hold, through the view of the buckets that has every key.
#include "storage/local/odd_keys.h"

#include "base/uploads.h"
#include "storage/local/local_objects.h"
#include "storage/store_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace stepd::storage::test {
namespace {

namespace fs = std::filesystem;

class OddKeys : public ::testing::Test {
 protected:
  void put(const std::string& key, const std::string& bytes) {
    const auto writer = every().create({"inbox", key}, "");
    ASSERT_TRUE(writer) << key << ": " << writer.error().cause;
    ASSERT_TRUE((*writer)->write(bytes));
    const auto stat = (*writer)->commit();
    ASSERT_TRUE(stat) << key << ": " << stat.error().cause;
  }
  std::string get(const std::string& key) {
    const auto reader = every().open({"inbox", key});
    if (!reader) return "<" + reader.error().name + ">";
    std::string text(100, '\0');
    text.resize((*reader)->read(text.data(), text.size()).value());
    return text;
  }
  std::string listed(const std::string& prefix = "", const std::string& after = "", std::size_t limit = 1'000) {
    const auto listing = every().list("inbox", prefix, after, limit).value();
    std::string keys;
    for (const auto& entry : listing.entries) keys += entry.key + ";";
    return keys + (listing.more ? "more" : "");
  }
  ObjectStore& every() { return objects_->every_key(); }

  const TempDir dir_;
  std::unique_ptr<ObjectStore> objects_ =
      open_local_objects({{"inbox", dir_.path() / "inbox"}}, {dir_.path() / "made", std::chrono::seconds{60}});
};

TEST_F(OddKeys, AreKeptAsTheyAre) {
  const std::vector<std::string> keys{"f/",           "h//i",   "/lead", "line\nfeed", std::string(300, 'k'),
                                      ".stepd-tmp/x", "plain/k"};
  for (const auto& key : keys) put(key, "of " + key.substr(0, 20));
  for (const auto& key : keys) EXPECT_EQ(get(key), "of " + key.substr(0, 20)) << key;
  EXPECT_EQ(listed(), ".stepd-tmp/x;/lead;f/;h//i;" + std::string(300, 'k') + ";line\nfeed;plain/k;");
  EXPECT_EQ(listed("h/"), "h//i;");
  EXPECT_EQ(listed("", "f/", 2), "h//i;" + std::string(300, 'k') + ";more");
  for (const auto& key : keys) ASSERT_TRUE(every().remove({"inbox", key})) << key;
  EXPECT_EQ(listed(), "");
  EXPECT_FALSE(fs::exists(dir_.path() / "inbox" / ".stepd-keys")) << "with its last object";
}

TEST_F(OddKeys, MayBeBothAFileAndAFolder) {
  put("a", "file");
  put("a/b", "beneath");
  EXPECT_EQ(get("a") + " " + get("a/b"), "file beneath");
  EXPECT_EQ(listed(), "a;a/b;");
  put("a/b", "again");
  EXPECT_EQ(get("a/b"), "again");
  ASSERT_TRUE(every().remove({"inbox", "a"}));
  EXPECT_EQ(get("a/b"), "again");
  put("a/b", "in the tree now");
  EXPECT_TRUE(fs::exists(dir_.path() / "inbox" / "a" / "b"));
  EXPECT_EQ(listed(), "a/b;") << "once";
  put("a", "beside it");
  EXPECT_EQ(get("a") + ", " + get("a/b"), "beside it, in the tree now");
}

TEST_F(OddKeys, AreListedByLevelWithOneKeyOfEachFolder) {
  for (const auto* key : {"a/1", "a/2", "a/b/3", "b", "c/d/e", "c/f", "c//g"}) put(key, "x");
  const auto level = [&](const std::string& prefix, const std::string& after) {
    std::string keys;
    const auto listing = every().list_level("inbox", prefix, after, 100).value();
    for (const auto& entry : listing.entries) keys += entry.key + ";";
    return keys;
  };
  EXPECT_EQ(level("", ""), "a/1;b;c//g;c/d/e;") << "odd keys are not in folders";
  EXPECT_EQ(level("a/", ""), "a/1;a/2;a/b/3;");
  EXPECT_EQ(level("", "a/\xFF"), "b;c//g;c/d/e;");
  EXPECT_EQ(level("", "a/2"), "a/b/3;b;c//g;c/d/e;");
}

TEST_F(OddKeys, AreOfThatViewAlone) {
  put("f/", "x");
  EXPECT_EQ(objects_->head({"inbox", "f/"}).error().name, "Object.InvalidKey");
  EXPECT_TRUE(objects_->list("inbox", "", "", 10)->entries.empty());
  EXPECT_EQ(every().head({"inbox", "f//"}).error().name, "Object.NotFound");
}

TEST_F(OddKeys, KeepABucketFromBeingRemovedAndEndUploads) {
  ASSERT_TRUE(every().make_bucket("mine"));
  const ObjectRef ref{"mine", "f//"};
  const auto id = every().uploads()->begin(ref, {}).value();
  const auto part = every().uploads()->write_part(ref, id, 1).value();
  ASSERT_TRUE(part->write("one"));
  const auto written = part->commit("").value();
  const auto done = every().uploads()->complete(ref, id, {{written}, "etag-1", {}, {}});
  ASSERT_TRUE(done) << done.error().cause;
  EXPECT_EQ(every().head(ref)->etag, "etag-1");
  EXPECT_EQ(every().remove_bucket("mine").error().name, "Object.BucketNotEmpty");
  ASSERT_TRUE(every().remove(ref));
  EXPECT_TRUE(every().remove_bucket("mine"));
}

}  // namespace
}  // namespace stepd::storage::test
