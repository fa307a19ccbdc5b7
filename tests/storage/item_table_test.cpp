// Items over both kinds of store: keys, changes, and lists.
#include "storage/item_table.h"

#include "base/attribute/plain_attribute.h"

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
    items_ = make_item_store(*store_, {{"images", {"ImageKey"}}, {"others", {"id"}}});
  }
  /// Items as plain JSON, by the value of their key.
  Result<void> put(const std::string& table, const Json& item) {
    return items_->put(table, item.is_object() ? item_from_plain_json(item) : Item());
  }
  ItemRef ref(const std::string& table, const Json& key) {
    return {table, {{table == "images" ? "ImageKey" : "id", from_plain_json(key)}}};
  }
  Result<std::optional<Json>> get(const std::string& table, const Json& key) {
    STEPD_TRY(const auto item, items_->get(ref(table, key)));
    return item ? std::optional(to_plain_json(*item)) : std::nullopt;
  }
  Result<void> remove(const std::string& table, const Json& key) { return items_->remove(ref(table, key)); }

  using PlainDecision = std::function<Result<std::optional<Json>>(const Json* present)>;
  struct PlainChange {
    std::optional<Json> before;
    std::optional<Json> after;
  };
  Result<PlainChange> change(const std::string& table, const Json& key, const PlainDecision& decide,
                             const std::string& attempt) {
    const auto typed = [&](const Item* present) -> Result<std::optional<Item>> {
      const Json plain = present == nullptr ? Json() : to_plain_json(*present);
      STEPD_TRY(const auto after, decide(present == nullptr ? nullptr : &plain));
      return after ? std::optional(item_from_plain_json(*after)) : std::nullopt;
    };
    STEPD_TRY(const auto made, items_->change(ref(table, key), typed, attempt));
    PlainChange change;
    if (made.before) change.before = to_plain_json(*made.before);
    if (made.after) change.after = to_plain_json(*made.after);
    return change;
  }

  TempDir dir_{On::Memory};
  std::unique_ptr<Store> store_;
  std::unique_ptr<ItemStore> items_;
};

TEST_P(ItemTable, KeepsReplacesAndRemovesWholeItems) {
  const Json first{{"ImageKey", "uploads/a.jpg"}, {"width", 10}, {"tags", {"x", "y"}}};
  const Json second{{"ImageKey", "uploads/a.jpg"}, {"height", 5}};
  ASSERT_TRUE(put("images", first));
  EXPECT_EQ(get("images", "uploads/a.jpg").value(), first);
  ASSERT_TRUE(put("images", second));
  EXPECT_EQ(get("images", "uploads/a.jpg").value(), second);
  EXPECT_FALSE(get("others", "uploads/a.jpg")->has_value());
  ASSERT_TRUE(remove("images", "uploads/a.jpg"));
  ASSERT_TRUE(remove("images", "uploads/a.jpg"));
  EXPECT_FALSE(get("images", "uploads/a.jpg")->has_value());
}

TEST_P(ItemTable, TellsTextFromNumberAndKnowsANumberInEveryForm) {
  ASSERT_TRUE(put("others", {{"id", "1"}, {"is", "text"}}));
  ASSERT_TRUE(put("others", {{"id", 1}, {"is", "number"}}));
  EXPECT_EQ(get("others", "1")->value()["is"], "text");
  EXPECT_EQ(get("others", 1)->value()["is"], "number");
  EXPECT_EQ(get("others", 1.0)->value()["is"], "number");
  EXPECT_EQ(get("others", 1U)->value()["is"], "number");
  EXPECT_FALSE(get("others", 1.5)->has_value());
  ASSERT_TRUE(put("others", {{"id", -0.0}, {"is", "zero"}}));
  EXPECT_EQ(get("others", 0)->value()["is"], "zero");
}

TEST_P(ItemTable, RefusesKeysThatAreNone) {
  for (const Json& key : {Json(""), Json(nullptr), Json(true), Json::array(), Json::object()}) {
    EXPECT_EQ(put("others", {{"id", key}}).error().name, "Item.InvalidKey") << key;
    EXPECT_EQ(get("others", key).error().name, "Item.InvalidKey") << key;
    EXPECT_EQ(remove("others", key).error().name, "Item.InvalidKey") << key;
  }
  EXPECT_EQ(put("others", {{"ID", "a"}}).error().name, "Item.InvalidKey");
  EXPECT_EQ(put("others", "text").error().name, "Item.InvalidKey");
  EXPECT_THAT(put("others", Json::object()).error().cause, ::testing::HasSubstr("'id'"));
}

TEST_P(ItemTable, RefusesATableThatIsNotDeclared) {
  EXPECT_EQ(put("none", {{"id", "a"}}).error().name, "Item.NoSuchTable");
  EXPECT_EQ(get("none", "a").error().name, "Item.NoSuchTable");
  EXPECT_EQ(remove("none", "a").error().name, "Item.NoSuchTable");
  EXPECT_EQ(items_->tables().size(), 2u);
}

TEST_P(ItemTable, ChangesAnItemByWhatItIs) {
  const auto add = [&](const std::string& attempt) {
    const auto decide = [](const Json* present) -> Result<std::optional<Json>> {
      const int n = present == nullptr ? 0 : present->at("n").get<int>();
      return std::optional(Json{{"id", "k"}, {"n", n + 1}});
    };
    return change("others", "k", decide, attempt);
  };
  const auto first = add("1-1");
  ASSERT_TRUE(first) << first.error().cause;
  EXPECT_FALSE(first->before);
  EXPECT_EQ(first->after->at("n"), 1);
  EXPECT_EQ(add("1-2")->after->at("n"), 2);
  const auto again = add("1-1");
  EXPECT_FALSE(again->before) << "what it did then, not what is there now";
  EXPECT_EQ(again->after->at("n"), 1);
  EXPECT_EQ(get("others", "k")->value()["n"], 2);
  add("");
  EXPECT_EQ(add("")->after->at("n"), 4) << "no attempt, nothing to remember";
  add("express-1-1");
  EXPECT_EQ(add("express-1-1")->after->at("n"), 6) << "of no execution that the store knows";
}

TEST_P(ItemTable, ChangesNothingWhereTheDecisionIsAnError) {
  ASSERT_TRUE(put("others", {{"id", "k"}}));
  const auto refuse = [](const Json*) -> Result<std::optional<Json>> { return AslError{"Item.ConditionFailed", "no"}; };
  EXPECT_EQ(change("others", "k", refuse, "1-1").error().name, "Item.ConditionFailed");
  const auto rename = [](const Json*) -> Result<std::optional<Json>> { return std::optional(Json{{"id", "other"}}); };
  EXPECT_EQ(change("others", "k", rename, "1-1").error().name, "Item.InvalidKey");
  const auto remove = [](const Json*) -> Result<std::optional<Json>> { return std::optional<Json>(); };
  EXPECT_TRUE(change("others", "k", remove, "1-1")) << "an attempt that failed is not remembered";
  EXPECT_FALSE(get("others", "k")->has_value());
}

TEST_P(ItemTable, LetsNoChangeMakeAnItemGrowWithoutEnd) {
  const auto grow = [](const Json* present) -> Result<std::optional<Json>> {
    const auto text = present == nullptr ? std::string(200'000, 'x') : present->at("t").get<std::string>();
    return std::optional(Json{{"id", "k"}, {"t", text + text}});
  };
  ASSERT_TRUE(change("others", "k", grow, ""));
  EXPECT_EQ(change("others", "k", grow, "").error().name, "Item.TooLarge");
  EXPECT_EQ(get("others", "k")->value()["t"].get<std::string>().size(), 400'000u);
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
      for (int i = 0; i < kEach; ++i) EXPECT_TRUE(change("others", "k", add, ""));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get("others", "k")->value()["n"], kThreads * kEach);
}

TEST_P(ItemTable, ListsItemsByPrefixAndGoesOnBehindAKey) {
  for (const char* key : {"a/1", "a/2", "a/\"3\"", "b"}) ASSERT_TRUE(put("others", {{"id", key}}));
  ASSERT_TRUE(put("others", {{"id", 5}}));
  const auto list = [&](const std::string& prefix, const char* after, std::size_t limit) {
    ItemQuery query{.table = "others"};
    if (!prefix.empty()) query.begins_with = Attribute::text(prefix);
    const Item start{{"id", Attribute::text(after == nullptr ? "" : after)}};
    if (after != nullptr) query.after = &start;
    query.limit = limit;
    std::vector<Json> keys;
    const auto page = items_->query(query);
    for (const auto& item : page->items) keys.push_back(to_plain_json(*item.find("id")));
    return keys;
  };
  EXPECT_EQ(list("", nullptr, 10), (std::vector<Json>{5, "a/\"3\"", "a/1", "a/2", "b"}));
  EXPECT_EQ(list("a/", nullptr, 10), (std::vector<Json>{"a/\"3\"", "a/1", "a/2"}));
  EXPECT_EQ(list("a/\"", nullptr, 10), (std::vector<Json>{"a/\"3\""}));
  EXPECT_EQ(list("a/", nullptr, 2), (std::vector<Json>{"a/\"3\"", "a/1"}));
  EXPECT_EQ(list("a/", "a/1", 1), (std::vector<Json>{"a/2"}));
  EXPECT_EQ(list("", "a/2", 5), (std::vector<Json>{"b"}));
  EXPECT_EQ(items_->query({.table = "none"}).error().name, "Item.NoSuchTable");
}

TEST_P(ItemTable, BringsItemsInOrderWhereKeysAndIndexesChange) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(put("others", {{"id", std::to_string(i)}, {"at", 9 - i}, {"user", i % 2 == 0 ? "even" : "odd"}}));
  ASSERT_TRUE(put("others", {{"id", "bare"}}));
  const auto found = [&](const std::string& index, const std::string& partition) {
    ItemQuery query{.table = "others", .index = index, .partition = Attribute::text(partition)};
    std::string ids;
    const auto page = items_->query(query);
    for (const auto& item : page->items) ids += *item.find("id")->as<std::string>() + " ";
    return ids;
  };
  TableSchema table{"others", {"id"}};
  table.indexes = {{"byUser", {"user", KeyType::Text}, KeyAttribute{"at", KeyType::Number}}};
  items_ = make_item_store(*store_, {table});
  EXPECT_EQ(found("byUser", "even"), "4 2 0 ");
  EXPECT_EQ(get("others", "3")->value()["user"], "odd");

  table.sort = KeyAttribute{"at", KeyType::Number};
  items_ = make_item_store(*store_, {table});
  EXPECT_EQ(found("byUser", "odd"), "3 1 ");
  EXPECT_EQ(found("", "3"), "3 ");
  EXPECT_EQ(items_->query({.table = "others"})->items.size(), 6u) << "what lacks the new key stays";

  table.sort.reset();
  table.indexes.clear();
  items_ = make_item_store(*store_, {table});
  EXPECT_EQ(get("others", "bare")->value(), (Json{{"id", "bare"}}));
  EXPECT_EQ(items_->count("others").items, 6u);
}

TEST_P(ItemTable, KeepsTextThatIsNoUtf8FromBreakingTheItem) {
  ASSERT_TRUE(put("images", {{"ImageKey", "k"}, {"exif", "\xff\xfe"}}));
  EXPECT_EQ(get("images", "k")->value()["exif"], "\xef\xbf\xbd\xef\xbf\xbd");
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemTable, ::testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::storage::test
