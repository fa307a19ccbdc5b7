// Items over both kinds of store: one JSON object per table and key.
#include "storage/item_table.h"

#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

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

TEST_P(ItemTable, ChangesAnItemByWhatItIs) {
  const auto add = [&](const std::string& attempt) {
    const auto decide = [](const Json* present) -> Result<std::optional<Json>> {
      const int n = present == nullptr ? 0 : present->at("n").get<int>();
      return std::optional(Json{{"id", "k"}, {"n", n + 1}});
    };
    return items_->change("others", "k", decide, attempt);
  };
  const auto first = add("1-1");
  ASSERT_TRUE(first) << first.error().cause;
  EXPECT_FALSE(first->before);
  EXPECT_EQ(first->after->json()["n"], 1);
  EXPECT_EQ(add("1-2")->after->json()["n"], 2);
  const auto again = add("1-1");
  EXPECT_FALSE(again->before) << "what it did then, not what is there now";
  EXPECT_EQ(again->after->json()["n"], 1);
  EXPECT_EQ(items_->get("others", "k")->value()["n"], 2);
  add("");
  EXPECT_EQ(add("")->after->json()["n"], 4) << "no attempt, nothing to remember";
  add("express-1-1");
  EXPECT_EQ(add("express-1-1")->after->json()["n"], 6) << "of no execution that the store knows";
}

TEST_P(ItemTable, ChangesNothingWhereTheDecisionIsAnError) {
  ASSERT_TRUE(items_->put("others", {{"id", "k"}}));
  const auto refuse = [](const Json*) -> Result<std::optional<Json>> { return AslError{"Item.ConditionFailed", "no"}; };
  EXPECT_EQ(items_->change("others", "k", refuse, "1-1").error().name, "Item.ConditionFailed");
  const auto rename = [](const Json*) -> Result<std::optional<Json>> { return std::optional(Json{{"id", "other"}}); };
  EXPECT_EQ(items_->change("others", "k", rename, "1-1").error().name, "Item.InvalidKey");
  const auto remove = [](const Json*) -> Result<std::optional<Json>> { return std::optional<Json>(); };
  EXPECT_TRUE(items_->change("others", "k", remove, "1-1")) << "an attempt that failed is not remembered";
  EXPECT_FALSE(items_->get("others", "k")->has_value());
}

TEST_P(ItemTable, LetsNoChangeMakeAnItemGrowWithoutEnd) {
  const auto grow = [](const Json* present) -> Result<std::optional<Json>> {
    const auto text = present == nullptr ? std::string(200'000, 'x') : present->at("t").get<std::string>();
    return std::optional(Json{{"id", "k"}, {"t", text + text}});
  };
  ASSERT_TRUE(items_->change("others", "k", grow, ""));
  EXPECT_EQ(items_->change("others", "k", grow, "").error().name, "Item.TooLarge");
  EXPECT_EQ(items_->get("others", "k")->value()["t"].get<std::string>().size(), 400'000u);
}

TEST_P(ItemTable, LosesNoChangeOfManyAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  const auto add = [](const Json* present) -> Result<std::optional<Json>> {
    const int n = present == nullptr ? 0 : present->at("n").get<int>();
    return std::optional(Json{{"id", "k"}, {"n", n + 1}});
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) EXPECT_TRUE(items_->change("others", "k", add, ""));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(items_->get("others", "k")->value()["n"], kThreads * kEach);
}

TEST_P(ItemTable, ListsItemsByPrefixAndGoesOnBehindAKey) {
  for (const char* key : {"a/1", "a/2", "a/\"3\"", "b"}) ASSERT_TRUE(items_->put("others", {{"id", key}}));
  ASSERT_TRUE(items_->put("others", {{"id", 5}}));
  const auto list = [&](const std::string& prefix, const Json* after, std::size_t limit) {
    std::vector<Json> keys;
    const auto listing = items_->list("others", prefix, after, limit);
    for (const auto& item : listing->items) keys.push_back(item.json()["id"]);
    return keys;
  };
  EXPECT_EQ(list("", nullptr, 10).size(), 5u);
  EXPECT_EQ(list("a/", nullptr, 10), (std::vector<Json>{"a/1", "a/2", "a/\"3\""}));
  EXPECT_EQ(list("a/\"", nullptr, 10), (std::vector<Json>{"a/\"3\""}));
  EXPECT_EQ(list("a/", nullptr, 2), (std::vector<Json>{"a/1", "a/2"}));
  EXPECT_TRUE(items_->list("others", "a/", nullptr, 2)->more);
  const Json after = "a/1";
  EXPECT_EQ(list("a/", &after, 1), (std::vector<Json>{"a/2"}));
  EXPECT_FALSE(items_->list("others", "a/", nullptr, 3)->more);
  EXPECT_EQ(items_->list("none", "", nullptr, 3).error().name, "Item.NoSuchTable");
}

TEST_P(ItemTable, KeepsTextThatIsNoUtf8FromBreakingTheItem) {
  ASSERT_TRUE(items_->put("images", {{"ImageKey", "k"}, {"exif", "\xff\xfe"}}));
  EXPECT_EQ(items_->get("images", "k")->value()["exif"], "\xef\xbf\xbd\xef\xbf\xbd");
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemTable, ::testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::storage::test
