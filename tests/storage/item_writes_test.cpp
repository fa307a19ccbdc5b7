// What stores keep of tables of items, over both kinds: edits that are made all or none, ranges of keys, indexes,
// receipts, and tables that come and go.
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>

namespace stepd::storage::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ItemWrites : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { store_ = GetParam() ? open_sqlite(dir_.path()) : open_memory(); }
  const Reader& reader() const { return store_->reader(); }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  std::vector<std::string> keys(const ItemRange& range) const {
    std::vector<std::string> found;
    for (const auto& record : reader().items(range)) found.push_back(record.key);
    return found;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
};

ChangeItems edit(std::string key, std::optional<std::string> before, std::optional<std::string> after,
                 std::string attempt = "") {
  return {{{{"t", std::move(key)}, std::move(before), std::move(after)}}, std::move(attempt)};
}

TEST_P(ItemWrites, KeepReplaceAndRemove) {
  EXPECT_FALSE(reader().item({"images", "a"}));
  EXPECT_EQ(write(put_item("images", "a", R"({"n":1})")), Outcome::Committed);
  EXPECT_EQ(write(put_item("images", "a", R"({"n":2})", R"({"n":1})")), Outcome::Committed);
  EXPECT_EQ(reader().item({"images", "a"}), R"({"n":2})");
  EXPECT_FALSE(reader().item({"others", "a"}));
  EXPECT_FALSE(reader().item({"images", "b"}));
  EXPECT_EQ(write(delete_item("images", "a", R"({"n":2})")), Outcome::Committed);
  EXPECT_EQ(write(delete_item("images", "a")), Outcome::Committed) << "none was, none is";
  EXPECT_FALSE(reader().item({"images", "a"}));
}

TEST_P(ItemWrites, AreMadeOnlyIfTheItemIsWhatItWas) {
  EXPECT_EQ(write(edit("1", "old", "new", "7-1")), Outcome::Conflict) << "there is none";
  EXPECT_FALSE(reader().changed_item("7-1")) << "nothing of it is stored";
  EXPECT_EQ(write(edit("1", {}, "one", "7-1")), Outcome::Committed);
  EXPECT_EQ(write(edit("1", {}, "two")), Outcome::Conflict) << "there is one";
  EXPECT_EQ(write(edit("1", "other", "two")), Outcome::Conflict);
  EXPECT_EQ(reader().item({"t", "1"}), "one");
  EXPECT_EQ(write(edit("1", "one", "two")), Outcome::Committed);
  EXPECT_EQ(write(edit("1", "two", {}, "7-2")), Outcome::Committed);
  EXPECT_FALSE(reader().item({"t", "1"}));

  ASSERT_TRUE(reader().changed_item("7-1"));
  EXPECT_EQ(reader().changed_item("7-1")->before, std::nullopt);
  EXPECT_EQ(reader().changed_item("7-1")->after, "one");
  EXPECT_EQ(reader().changed_item("7-2")->before, "two");
  EXPECT_EQ(reader().changed_item("7-2")->after, std::nullopt);
}

TEST_P(ItemWrites, AreForgottenWhenTheExecutionOfTheirAttemptEnds) {
  write(PutStateMachine{machine_record(), ""});
  write(start_of(1, "ends"));
  write(start_of(11, "goes on"));
  for (const char* attempt : {"1-5", "1-50", "11-5"}) write(edit(attempt, {}, "item", attempt));
  write(end_of(1, 1, 4));
  EXPECT_FALSE(reader().changed_item("1-5"));
  EXPECT_FALSE(reader().changed_item("1-50"));
  EXPECT_TRUE(reader().changed_item("11-5"));
  EXPECT_EQ(reader().item({"t", "1-5"}), "item");
}

TEST_P(ItemWrites, AreMadeTogetherOrNotAtAll) {
  write(edit("1", {}, "one"));
  ChangeItems both{{{{"t", "1"}, "one", "uno"}, {{"u", "2"}, "missing", "due"}}};
  EXPECT_EQ(write(both), Outcome::Conflict);
  EXPECT_EQ(reader().item({"t", "1"}), "one");
  both.edits[1].before.reset();
  EXPECT_EQ(write(both), Outcome::Committed);
  const std::vector<ItemPlace> places{{"u", "2"}, {"t", "3"}, {"t", "1"}};
  EXPECT_THAT(reader().items(std::span<const ItemPlace>(places)), ElementsAre("due", std::nullopt, "uno"));
}

TEST_P(ItemWrites, AreListedByRangesOfTheirKeysBytewise) {
  const std::string zero("a\0b", 3);
  for (const std::string& key : {std::string("a"), zero, std::string("a1"), std::string("b"), std::string("\xc3\xa9")})
    write(put_item("t", key, key));
  write(put_item("u", "a2", "of another table"));
  EXPECT_THAT(keys({.table = "t"}), ElementsAre("a", zero, "a1", "b", "\xc3\xa9"));
  EXPECT_THAT(keys({.table = "t", .from = "a1", .to = "b"}), ElementsAre("a1"));
  EXPECT_THAT(keys({.table = "t", .from = "a1", .to = "c", .backward = true}), ElementsAre("b", "a1"));
  EXPECT_THAT(keys({.table = "t", .from = "b", .to = "a"}), IsEmpty());
  EXPECT_THAT(keys({.table = "t", .limit = 2}), ElementsAre("a", zero));
  EXPECT_THAT(keys({.table = "t", .backward = true, .limit = 1}), ElementsAre("\xc3\xa9"));
  EXPECT_THAT(keys({.table = "t", .bytes = 3}), ElementsAre("a", zero)) << "the one that exceeds them is the last";
}

TEST_P(ItemWrites, KeepEntriesOfIndexes) {
  ChangeItems first = put_item("t", "1", "one");
  first.edits[0].taken = {{"by", "x1"}, {"other", "z1"}};
  ChangeItems second = put_item("t", "2", "two");
  second.edits[0].taken = {{"by", "w2"}};
  write(first);
  write(second);
  EXPECT_THAT(keys({.table = "t", .index = "by"}), ElementsAre("2", "1"));
  EXPECT_THAT(keys({.table = "t", .index = "by", .backward = true}), ElementsAre("1", "2"));
  EXPECT_THAT(keys({.table = "t", .index = "by", .from = "x"}), ElementsAre("1"));
  EXPECT_THAT(keys({.table = "u", .index = "by"}), IsEmpty());
  const auto found = reader().items(ItemRange{.table = "t", .index = "by", .limit = 1});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].entry, "w2");
  EXPECT_EQ(found[0].item, "two");
  ChangeItems gone = delete_item("t", "2", "two");
  gone.edits[0].left = {{"by", "w2"}};
  write(gone);
  EXPECT_THAT(keys({.table = "t", .index = "by"}), ElementsAre("1"));
  EXPECT_EQ(write(PurgeItems{"t", "other", 10}), Outcome::Committed);
  EXPECT_THAT(keys({.table = "t", .index = "other"}), IsEmpty());
  EXPECT_THAT(keys({.table = "t", .index = "by"}), ElementsAre("1"));
}

TEST_P(ItemWrites, AreMadeOnceForATokenUntilItExpires) {
  auto once = edit("1", {}, "one");
  once.receipt = ItemReceipt{"token", "digest", at(1'000)};
  EXPECT_EQ(write(once), Outcome::Committed);
  EXPECT_EQ(reader().item_receipt("token"), once.receipt);
  auto again = edit("2", {}, "two");
  again.receipt = ItemReceipt{"token", "digest", at(2'000)};
  again.receipts_expire = at(500);
  EXPECT_EQ(write(again), Outcome::Conflict);
  EXPECT_FALSE(reader().item({"t", "2"}));
  again.receipts_expire = at(1'500);
  EXPECT_EQ(write(again), Outcome::Committed);
  EXPECT_EQ(reader().item_receipt("token")->at, at(2'000));
}

TEST_P(ItemWrites, AreCounted) {
  EXPECT_EQ(reader().tally_items("t"), (ItemTally{}));
  write(edit("1", {}, "one"));
  write(edit("2", {}, "\xc3\xa9"));
  EXPECT_EQ(reader().tally_items("t"), (ItemTally{2, 5}));
  write(edit("1", "one", "three"));
  EXPECT_EQ(reader().tally_items("t"), (ItemTally{2, 7}));
  write(edit("2", "\xc3\xa9", {}));
  EXPECT_EQ(reader().tally_items("t"), (ItemTally{1, 5}));
}

TEST_P(ItemWrites, BelongToTablesThatComeAndGo) {
  const TableRecord first{"id-1", "T", "{}", at(5)};
  EXPECT_EQ(write(PutTable{first}), Outcome::Committed);
  EXPECT_EQ(write(PutTable{{"id-2", "T", "{}", at(6)}}), Outcome::NameTaken);
  EXPECT_EQ(write(PutTable{first}), Outcome::Committed) << "the same table is described anew";
  EXPECT_THAT(reader().item_tables(), ElementsAre(first));
  for (int n = 0; n < 5; ++n) {
    ChangeItems put = put_item("id-1", std::to_string(n), "{}");
    put.edits[0].taken = {{"by", std::to_string(n)}};
    write(put);
  }
  auto dropped = first;
  dropped.dropped = true;
  EXPECT_EQ(write(PutTable{dropped}), Outcome::Committed);
  const TableRecord second{"id-2", "T", "{}", at(6)};
  EXPECT_EQ(write(PutTable{second}), Outcome::Committed) << "the name is free again";
  EXPECT_THAT(reader().item_tables(), ElementsAre(dropped, second));
  int steps = 0;
  for (; reader().item_tables().size() == 2; ++steps) ASSERT_EQ(write(PurgeItems{"id-1", {}, 4}), Outcome::Committed);
  EXPECT_EQ(steps, 3) << "ten rows, four at a time";
  EXPECT_THAT(keys({.table = "id-1"}), IsEmpty());
  EXPECT_THAT(keys({.table = "id-1", .index = "by"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemWrites, testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::storage::test
