// What an object is put and copied with, beside its bytes: metadata, a policy for what is there, a check of the copy.
#include "storage/local/local_objects.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace stepd::storage::test {
namespace {

using ::testing::IsEmpty;

class ObjectRules : public ::testing::Test {
 protected:
  ObjectRules()
      : objects_(open_local_objects({{"inbox", dir_.path() / "inbox"}, {"results", dir_.path() / "results"}})) {}

  Result<ObjectStat> put(const std::string& key, std::string_view bytes, NewObject object = {}) {
    STEPD_TRY(const auto writer, objects_->create({"inbox", key}, std::move(object)));
    STEPD_CHECK(writer->write(bytes));
    return writer->commit();
  }
  static std::string text_of(ObjectReader& reader) {
    std::array<char, 64> buffer;
    return {buffer.data(), reader.read(buffer.data(), buffer.size()).value()};
  }
  std::string get(const std::string& key, const std::string& bucket = "inbox") const {
    const auto reader = objects_->open({bucket, key});
    return reader ? text_of(**reader) : reader.error().name;
  }

  TempDir dir_;
  std::unique_ptr<ObjectStore> objects_;
};

TEST_F(ObjectRules, KeepsMetadataWhichACopyTakesOverOrReplaces) {
  const ObjectMetadata given{{"camera", "Mi A3"}, {"ort", "Köln \"links\""}};
  ASSERT_TRUE(put("k", "x", {.content_type = "image/x-cat", .metadata = given, .attempt = "4-2"}));
  const auto stat = objects_->head({"inbox", "k"});
  EXPECT_EQ(stat->metadata, given);
  EXPECT_EQ(stat->attempt, "4-2");
  EXPECT_THAT(objects_->list("inbox", "", "", 9)->entries.at(0).stat.metadata, IsEmpty());

  ASSERT_TRUE(objects_->copy({"inbox", "k"}, {"results", "kept"}));
  EXPECT_EQ(objects_->head({"results", "kept"})->metadata, given);
  EXPECT_EQ(objects_->head({"results", "kept"})->content_type, "image/x-cat");
  EXPECT_EQ(objects_->head({"results", "kept"})->attempt, "") << "who wrote the source did not write this";
  CopyRules rules;
  rules.content_type = "text/plain";
  rules.metadata = ObjectMetadata{{"a", "b"}};
  ASSERT_TRUE(objects_->copy({"inbox", "k"}, {"results", "new"}, rules));
  EXPECT_EQ(objects_->head({"results", "new"})->metadata, rules.metadata);
  EXPECT_EQ(objects_->head({"results", "new"})->content_type, "text/plain");
}

TEST_F(ObjectRules, KeepsTheLineageOfItsWriterUntilSomebodyElseWrites) {
  ASSERT_TRUE(put("k", "x", {.lineage = Lineage{300, 4}}));
  EXPECT_EQ(objects_->head({"inbox", "k"})->lineage, (Lineage{300, 4}));
  std::filesystem::rename(dir_.path() / "inbox/k", dir_.path() / "inbox/moved");
  EXPECT_EQ(objects_->head({"inbox", "moved"})->lineage, (Lineage{300, 4})) << "it is still what that execution wrote";
  std::ofstream(dir_.path() / "inbox/moved") << "by hand";
  EXPECT_EQ(objects_->head({"inbox", "moved"})->lineage, std::nullopt);
  ASSERT_TRUE(put("by-request", "x"));
  EXPECT_EQ(objects_->head({"inbox", "by-request"})->lineage, std::nullopt);
}

TEST_F(ObjectRules, GivesACopyTheLineageOfWhoCopies) {
  ASSERT_TRUE(put("k", "x", {.lineage = Lineage{300, 4}}));
  CopyRules rules;
  ASSERT_TRUE(objects_->copy({"inbox", "k"}, {"results", "outside"}, rules));
  EXPECT_EQ(objects_->head({"results", "outside"})->lineage, std::nullopt);
  rules.lineage = Lineage{1, 1};
  ASSERT_TRUE(objects_->copy({"inbox", "k"}, {"results", "inside"}, rules));
  EXPECT_EQ(objects_->head({"results", "inside"})->lineage, (Lineage{1, 1}));
}

TEST_F(ObjectRules, RefusesMoreMetadataThanMayBeKept) {
  const auto refused = put("k", "x", {.content_type = "", .metadata = {{"a", std::string(2048, 'x')}}, .attempt = ""});
  EXPECT_EQ(refused.error().name, "Object.InvalidMetadata");
  EXPECT_EQ(get("k"), "Object.NotFound");
}

TEST_F(ObjectRules, RefusesToReplaceWhereThatIsAskedFor) {
  NewObject once;
  once.if_present = IfPresent::Refuse;
  ASSERT_TRUE(put("a/k", "first", once));
  EXPECT_EQ(put("a/k", "second", once).error().name, "Object.Exists");
  EXPECT_EQ(get("a/k"), "first");
  CopyRules rules;
  rules.if_present = IfPresent::Refuse;
  ASSERT_TRUE(put("source", "third"));
  EXPECT_EQ(objects_->copy({"inbox", "source"}, {"inbox", "a/k"}, rules).error().name, "Object.Exists");
  EXPECT_EQ(get("a/k"), "first");
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path() / "inbox" / ".stepd-tmp")) << "what was refused leaves nothing";
  ASSERT_TRUE(put("a/k", "replaced"));
  EXPECT_EQ(get("a/k"), "replaced");
}

TEST_F(ObjectRules, ShowsTheCopyToTheCheckBeforeAnybodySeesIt) {
  ASSERT_TRUE(put("k", "bytes"));
  std::string seen;
  CopyRules rules;
  rules.check = [&](ObjectReader& copy) -> Result<void> {
    seen = text_of(copy);
    EXPECT_EQ(get("copy", "results"), "Object.NotFound");
    return AslError{"Object.ChecksumMismatch", "no"};
  };
  EXPECT_EQ(objects_->copy({"inbox", "k"}, {"results", "copy"}, rules).error().name, "Object.ChecksumMismatch");
  EXPECT_EQ(seen, "bytes");
  EXPECT_EQ(get("copy", "results"), "Object.NotFound");
}

}  // namespace
}  // namespace stepd::storage::test
