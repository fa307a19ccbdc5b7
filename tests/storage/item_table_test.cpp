// Items over both kinds of store: one JSON object per table and key.
#include "storage/item_table.h"

#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::storage::test {
namespace {

class ItemTable : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    store_ = GetParam() ? open_sqlite(dir_.path()) : open_memory();
    items_ = make_item_store(*store_, {{"images", "ImageKey"}, {"others", "id"}});
  }
  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
  std::unique_ptr<ItemStore> items_;
};

TEST_P(ItemTable, KeepsReplacesAndRemovesWholeItems) {
  const Json first{{"ImageKey", "uploads/a.jpg"}, {"width", 10}, {"tags", {"x", "y"}}};
  const Json second{{"ImageKey", "uploads/a.jpg"}, {"height", 5}};
  ASSERT_TRUE(items_->put("images", first));
  EXPECT_EQ(items_->get("images", "uploads/a.jpg").value(), first);
  ASSERT_TRUE(items_->put("images", second));
  EXPECT_EQ(items_->get("images", "uploads/a.jpg").value(), second);
  EXPECT_FALSE(items_->get("others", "uploads/a.jpg")->has_value());
  ASSERT_TRUE(items_->remove("images", "uploads/a.jpg"));
  ASSERT_TRUE(items_->remove("images", "uploads/a.jpg"));
  EXPECT_FALSE(items_->get("images", "uploads/a.jpg")->has_value());
}

TEST_P(ItemTable, TellsTextFromNumberAndKnowsANumberInEveryForm) {
  ASSERT_TRUE(items_->put("others", {{"id", "1"}, {"is", "text"}}));
  ASSERT_TRUE(items_->put("others", {{"id", 1}, {"is", "number"}}));
  EXPECT_EQ(items_->get("others", "1")->value()["is"], "text");
  EXPECT_EQ(items_->get("others", 1)->value()["is"], "number");
  EXPECT_EQ(items_->get("others", 1.0)->value()["is"], "number");
  EXPECT_EQ(items_->get("others", 1U)->value()["is"], "number");
  EXPECT_FALSE(items_->get("others", 1.5)->has_value());
  ASSERT_TRUE(items_->put("others", {{"id", -0.0}, {"is", "zero"}}));
  EXPECT_EQ(items_->get("others", 0)->value()["is"], "zero");
}

TEST_P(ItemTable, RefusesKeysThatAreNone) {
  for (const Json& key : {Json(""), Json(nullptr), Json(true), Json::array(), Json::object()}) {
    EXPECT_EQ(items_->put("others", {{"id", key}}).error().name, "Item.InvalidKey") << key;
    EXPECT_EQ(items_->get("others", key).error().name, "Item.InvalidKey") << key;
    EXPECT_EQ(items_->remove("others", key).error().name, "Item.InvalidKey") << key;
  }
  EXPECT_EQ(items_->put("others", {{"ID", "a"}}).error().name, "Item.InvalidKey");
  EXPECT_EQ(items_->put("others", "text").error().name, "Item.InvalidKey");
  EXPECT_THAT(items_->put("others", Json::object()).error().cause, ::testing::HasSubstr("'id'"));
}

TEST_P(ItemTable, RefusesATableThatIsNotDeclared) {
  EXPECT_EQ(items_->put("none", {{"id", "a"}}).error().name, "Item.NoSuchTable");
  EXPECT_EQ(items_->get("none", "a").error().name, "Item.NoSuchTable");
  EXPECT_EQ(items_->remove("none", "a").error().name, "Item.NoSuchTable");
  EXPECT_EQ(items_->tables().size(), 2u);
}

TEST_P(ItemTable, KeepsTextThatIsNoUtf8FromBreakingTheItem) {
  ASSERT_TRUE(items_->put("images", {{"ImageKey", "k"}, {"exif", "\xff\xfe"}}));
  EXPECT_EQ(items_->get("images", "k")->value()["exif"], "\xef\xbf\xbd\xef\xbf\xbd");
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemTable, ::testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::storage::test
