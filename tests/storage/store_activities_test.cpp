// Activities over each store: one of a name, listed by ARN, gone with their tags.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string arn_of(const std::string& name) { return "arn:aws:states:us-east-1:123456789012:activity:" + name; }

class Activities : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { open(); }
  void open() { store_ = GetParam() == std::string("sqlite") ? open_sqlite(dir_.path()) : open_memory(); }
  /// What is durable is read again from the files.
  void reopen() {
    if (GetParam() != std::string("sqlite")) return;
    store_.reset();
    open();
  }
  const Reader& reader() const { return store_->reader(); }
  Outcome put(const std::string& name, std::vector<Tag> tags = {}) {
    return write_now(*store_, PutActivity{{arn_of(name), name, R"({"type":"AWS_OWNED_KEY"})", at(7)}, std::move(tags)});
  }
  std::vector<std::string> listed(const std::string& after = "", std::size_t limit = 10) const {
    std::vector<std::string> names;
    for (const auto& record : reader().activities(after, limit)) names.push_back(record.name);
    return names;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

TEST_P(Activities, AreKeptAsTheyWereMade) {
  ASSERT_EQ(put("sort", {{"team", "images"}}), Outcome::Committed);
  EXPECT_EQ(put("sort"), Outcome::NameTaken);
  reopen();
  const auto record = reader().activity(arn_of("sort"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->name, "sort");
  EXPECT_EQ(record->configuration, R"({"type":"AWS_OWNED_KEY"})");
  EXPECT_EQ(record->created_at, at(7));
  EXPECT_THAT(reader().tags(arn_of("sort")), ElementsAre(Tag{"team", "images"}));
}

TEST_P(Activities, AreListedByArn) {
  for (const auto* name : {"c", "a", "b"}) ASSERT_EQ(put(name), Outcome::Committed);
  EXPECT_THAT(listed(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(listed("", 2), ElementsAre("a", "b"));
  EXPECT_THAT(listed(arn_of("b")), ElementsAre("c"));
}

TEST_P(Activities, TakeTheirTagsAlong) {
  ASSERT_EQ(put("sort", {{"team", "images"}}), Outcome::Committed);
  ASSERT_EQ(write_now(*store_, ChangeTags{arn_of("sort"), {{"stage", "test"}}, {"team"}}), Outcome::Committed);
  EXPECT_THAT(reader().tags(arn_of("sort")), ElementsAre(Tag{"stage", "test"}));
  EXPECT_EQ(write_now(*store_, ChangeTags{arn_of("none"), {{"a", "b"}}, {}}), Outcome::Conflict);
  ASSERT_EQ(write_now(*store_, DeleteActivity{arn_of("sort")}), Outcome::Committed);
  EXPECT_EQ(write_now(*store_, DeleteActivity{arn_of("sort")}), Outcome::Committed) << "it is gone as asked";
  EXPECT_FALSE(reader().activity(arn_of("sort")));
  EXPECT_THAT(reader().tags(arn_of("sort")), IsEmpty());
  EXPECT_EQ(put("sort"), Outcome::Committed) << "the name is free again";
}

INSTANTIATE_TEST_SUITE_P(Stores, Activities, ::testing::Values("memory", "sqlite"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace stepd::storage::test
