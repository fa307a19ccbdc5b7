// The item handlers over every store there is: conditions, updates, queries, and attempts that run twice.
#include "handler_fixture.h"
#include "storage/item_table.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

class ItemHandlers : public testing::TestWithParam<bool> {
 protected:
  ItemHandlers()
      : store_(GetParam() ? storage::open_sqlite(bench_.folder) : storage::open_memory()),
        items_(storage::make_item_store(*store_, {{"photos", {"ImageKey"}}})),
        catalog_(tasks::make_catalog({bench_.objects, *items_, bench_.clock, {}, {}})) {}

  Result<Json> run(const std::string& handler, const std::string& rest, const std::string& attempt = "") {
    const auto event = *parse_json(R"({"table": "photos", )" + rest + "}");
    return catalog_.at(handler)->invoke({event, attempt, {}});
  }
  std::string error(const std::string& handler, const std::string& rest) { return error_name(run(handler, rest)); }
  std::string refused(const std::string& handler, const std::string& rest) {
    const auto result = run(handler, rest);
    return error_name(result) == "Handler.InvalidArguments" ? cause(result) : error_name(result);
  }
  void put(const std::string& item) {
    const auto done = run("item.put", R"("item": )" + item);
    ASSERT_EQ(error_name(done), "none") << cause(done);
  }
  Json item(const std::string& key) { return run("item.get", R"("key": ")" + key + "\"")->at("item"); }
  /// Whether item `k` is as the condition asks.
  bool holds(const std::string& condition) {
    const auto done = run("item.query", R"("key": "k", "filter": )" + condition);
    EXPECT_EQ(error_name(done), "none") << cause(done);
    return done && done->at("count") == 1;
  }

  Workbench bench_;  // for its folder, objects and clock
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ItemStore> items_;
  tasks::Catalog catalog_;
};

TEST_P(ItemHandlers, PutIsMadeOnlyWhereItsConditionHolds) {
  const std::string first = R"("item": {"ImageKey": "k", "n": 1}, "condition": "absent")";
  ASSERT_EQ(error("item.put", first), "none");
  const auto second = run("item.put", first);
  EXPECT_EQ(error_name(second), "Item.ConditionFailed");
  EXPECT_THAT(cause(second), HasSubstr("photos"));
  EXPECT_EQ(error("item.put", R"("item": {"ImageKey": "x"}, "condition": "present")"), "Item.ConditionFailed");
  EXPECT_EQ(error("item.put", R"("item": {"ImageKey": "k", "n": 2}, "condition": {"attribute": "n", "equals": 7})"),
            "Item.ConditionFailed");
  const auto third =
      run("item.put",
          R"("item": {"ImageKey": "k", "n": 2}, "condition": {"attribute": "n", "equals": 1}, "returnOld": true)");
  EXPECT_EQ(third->at("old"), Json::parse(R"({"ImageKey": "k", "n": 1})"));
  EXPECT_EQ(item("k")["n"], 2);
}

TEST_P(ItemHandlers, ConditionsCompareAttributes) {
  put(R"({"ImageKey": "k", "n": 5, "t": "abc", "l": [1, {"$SS": ["x"]}], "m": {"a": {"b": true}, "z": null},
          "s": {"$SS": ["a", "b"]}, "x": 5.0})");
  for (const char* yes : {R"({"attribute": "n", "equals": 5.0})",
                          R"({"attribute": "n", "less": 6})",
                          R"({"attribute": "n", "atMost": 5})",
                          R"({"attribute": "t", "greater": "abb"})",
                          R"({"attribute": "t", "beginsWith": "ab"})",
                          R"({"attribute": "t", "contains": "bc"})",
                          R"({"attribute": "s", "contains": "b"})",
                          R"({"attribute": "s", "equals": {"$SS": ["b", "a"]}})",
                          R"({"attribute": "s", "type": "SS"})",
                          R"({"attribute": ["m", "a", "b"], "equals": true})",
                          R"({"attribute": ["l", 0], "equals": 1})",
                          R"({"attribute": "m", "equals": {"z": null, "a": {"b": true}}})",
                          R"({"attribute": "none", "exists": false})",
                          R"({"attribute": "none", "differs": 1})",
                          R"({"attribute": "n", "in": [4, 5]})",
                          R"({"attribute": "n", "between": [5, 6]})",
                          R"({"attribute": "n", "equalsPath": "x"})",
                          R"({"size": "t", "equals": 3})",
                          R"({"size": "l", "atLeast": 2})",
                          R"({"not": {"attribute": "n", "equals": 6}})",
                          R"({"all": [{"attribute": "n", "exists": true}, "present"]})",
                          R"({"any": ["absent", {"attribute": "n", "less": 9}]})"}) {
    EXPECT_TRUE(holds(yes)) << yes;
  }
  for (const char* no : {R"({"attribute": "n", "equals": "5"})", R"({"attribute": "n", "less": "6"})",
                         R"({"attribute": "none", "equals": 1})", R"({"attribute": "none", "less": 1})",
                         R"({"attribute": "t", "greater": "abd"})", R"({"attribute": "n", "in": []})",
                         R"({"attribute": "l", "contains": 2})", R"({"attribute": "n", "between": [6, 9]})",
                         R"({"size": "n", "equals": 1})", R"({"attribute": ["l", 9], "exists": true})",
                         R"({"all": ["present", "absent"]})", R"({"any": []})"}) {
    EXPECT_FALSE(holds(no)) << no;
  }
}

TEST_P(ItemHandlers, IntegersBeyond64BitsAreNumbersThatKeepTheirDigits) {
  put(R"({"ImageKey": "k", "n": 123456789012345678901, "l": [-123456789012345678901]})");
  EXPECT_EQ(print_json(item("k")), R"({"ImageKey":"k","n":123456789012345678901,"l":[-123456789012345678901]})");
  EXPECT_TRUE(holds(R"({"attribute": "n", "equals": 123456789012345678901})"));
  EXPECT_TRUE(holds(R"({"attribute": "n", "greater": 1})"));
  EXPECT_TRUE(holds(R"({"attribute": ["l", 0], "less": -1.5})"));
  EXPECT_TRUE(holds(R"({"attribute": "n", "type": "N"})"));
  EXPECT_EQ(error("item.update", R"("key": "k", "add": {"n": 1})"), "none");
  EXPECT_EQ(error("item.update", R"("key": "k", "add": {"n": 123456789012345678901})"), "none");
}

TEST_P(ItemHandlers, ConditionsThatAreNoneAreNamed) {
  const auto why = [&](const std::string& condition) {
    return refused("item.put", R"("item": {"ImageKey": "k"}, "condition": )" + condition);
  };
  EXPECT_THAT(why("\"gone\""), HasSubstr("/condition: expected 'absent', 'present' or an object"));
  EXPECT_THAT(why(R"({"attribute": "n"})"), HasSubstr("expected one test"));
  EXPECT_THAT(why(R"({"attribute": "n", "is": 1})"), HasSubstr("'is' is no test"));
  EXPECT_THAT(why(R"({"attribute": 7, "equals": 1})"), HasSubstr("expected the name of an attribute"));
  EXPECT_THAT(why(R"({"attribute": "n", "between": [1]})"), HasSubstr("'between' expects an array of two"));
  EXPECT_THAT(why(R"({"attribute": "n", "type": "text"})"), HasSubstr("'type' expects one of S, N"));
  EXPECT_THAT(why(R"({"all": {"not": "absent"}})"), HasSubstr("expect an array of conditions"));
  EXPECT_THAT(why(R"({"some": []})"), HasSubstr("one of 'all', 'any' and 'not'"));
}

TEST_P(ItemHandlers, UpdateChangesAttributesOfWhatIsThereOrMakesIt) {
  const auto made = run("item.update", R"("key": "k", "set": {"a": 1}, "add": {"n": 2}, "timeAttribute": "at")");
  ASSERT_EQ(error_name(made), "none") << cause(made);
  EXPECT_EQ(made->at("item"), Json::parse(R"({"ImageKey": "k", "a": 1, "n": 2, "at": 1795243440123})"));
  const auto changed =
      run("item.update", R"("key": {"ImageKey": "k"}, "add": {"n": 0.1}, "remove": ["a"], "returns": "updatedNew")");
  EXPECT_EQ(changed->at("item"), (Json{{"n", 2.1}}));
  EXPECT_EQ(run("item.update", R"("key": "k", "add": {"n": 0.2}, "returns": "updatedOld")")->at("item"),
            (Json{{"n", 2.1}}));
  EXPECT_EQ(item("k")["n"], 2.3) << "decimal, not binary";
  EXPECT_EQ(run("item.update", R"("key": "new", "set": {"a": 1}, "returns": "old")")->at("item"), Json());
  EXPECT_FALSE(run("item.update", R"("key": "k", "set": {"a": 1}, "returns": "none")")->contains("item"));
  EXPECT_EQ(error("item.update", R"("key": "none", "set": {"a": 1}, "condition": "present")"), "Item.ConditionFailed");
  EXPECT_EQ(item("none"), Json());
}

TEST_P(ItemHandlers, OperationsSeeTheItemAsItWas) {
  put(R"({"ImageKey": "k", "a": 1, "b": 2, "l": ["w", "x", "y", "z"], "s": {"$NS": [1, 2, 3]}})");
  const auto done = run("item.update", R"("key": "k", "operations": [
      {"set": "a", "to": {"path": "b"}}, {"set": "b", "to": {"path": "a"}},
      {"set": "c", "to": {"path": "c", "else": {"value": 0}}},
      {"set": "d", "to": {"minus": [{"path": "b"}, {"value": 5}]}},
      {"set": "e", "to": {"append": [{"path": "l"}, {"value": [1]}]}},
      {"remove": ["l", 0]}, {"remove": ["l", 2]},
      {"subtract": "s", "value": {"$NS": [2.0]}}])");
  ASSERT_EQ(error_name(done), "none") << cause(done);
  EXPECT_EQ(done->at("item"), Json::parse(R"({"ImageKey": "k", "a": 2, "b": 1, "l": ["x", "z"], "s": {"$NS": [1, 3]},
                                              "c": 0, "d": -3, "e": ["w", "x", "y", "z", 1]})"));
  const auto sets = run("item.update", R"("key": "k", "operations": [
      {"add": "s", "value": {"$NS": [3, 4]}}, {"set": ["l", 9], "to": {"value": "end"}}], "returns": "updatedNew")");
  EXPECT_EQ(sets->at("item"), Json::parse(R"({"s": {"$NS": [1, 3, 4]}})")) << "an index behind the end names nothing";
  EXPECT_EQ(item("k")["l"], Json::parse(R"(["x", "z", "end"])"));
  const auto gone = run("item.update", R"("key": "k", "operations": [{"subtract": "s", "value": {"$NS": [1, 3, 4]}}])");
  EXPECT_FALSE(gone->at("item").contains("s")) << "an empty set is none";
}

TEST_P(ItemHandlers, UpdatesThatCannotBeMadeChangeNothing) {
  put(R"({"ImageKey": "k", "t": "text"})");
  for (const char* impossible : {R"({"add": "t", "value": 1})", R"({"set": "x", "to": {"path": "none"}})",
                                 R"({"set": ["a", "b"], "to": {"value": 1}})",
                                 R"({"set": ["t", 0], "to": {"value": 1}})", R"({"add": "t", "value": {"$SS": ["a"]}})",
                                 R"({"set": "x", "to": {"append": [{"path": "t"}, {"value": []}]}})"}) {
    EXPECT_EQ(error("item.update",
                    std::string(R"("key": "k", "operations": [{"set": "y", "to": {"value": 1}}, )") + impossible + "]"),
              "Item.InvalidUpdate")
        << impossible;
  }
  EXPECT_EQ(error("item.update", R"("key": "k", "set": {"ImageKey": "other"})"), "Item.InvalidKey");
  EXPECT_EQ(item("k"), Json::parse(R"({"ImageKey": "k", "t": "text"})"));
  EXPECT_THAT(refused("item.update", R"("key": "k", "operations": [{"put": "x"}])"),
              HasSubstr("/operations: an operation is"));
  EXPECT_THAT(refused("item.update", R"("key": "k", "add": {"n": "1"})"), HasSubstr("'add' takes a number or a set"));
  EXPECT_EQ(error("item.update", R"("key": {"Wrong": "k"}, "set": {})"), "Item.InvalidKey");
}

TEST_P(ItemHandlers, DeleteRemovesUnderAConditionAndSucceedsForWhatIsGone) {
  put(R"({"ImageKey": "k", "n": 1})");
  EXPECT_EQ(error("item.delete", R"("key": "k", "condition": {"attribute": "n", "equals": 2})"),
            "Item.ConditionFailed");
  EXPECT_EQ(run("item.delete", R"("key": "k", "returnOld": true)")->at("old")["n"], 1);
  EXPECT_EQ(run("item.delete", R"("key": "k", "returnOld": true)")->at("old"), Json());
  EXPECT_EQ(error("item.delete", R"("key": "k", "condition": "present")"), "Item.ConditionFailed");
  EXPECT_THAT(refused("item.delete", R"("keys": "k")"), HasSubstr("/keys: unknown, did you mean key?"));
}

TEST_P(ItemHandlers, AnAttemptThatRunsTwiceShowsNowhere) {
  const auto twice = [&](const std::string& handler, const std::string& rest, const std::string& attempt) {
    const auto first = run(handler, rest, attempt);
    EXPECT_EQ(error_name(first), "none") << cause(first);
    const auto second = run(handler, rest, attempt);
    ASSERT_EQ(error_name(second), "none") << cause(second);
    EXPECT_EQ(*first, *second);
  };
  twice("item.put", R"("item": {"ImageKey": "k", "n": 1}, "condition": "absent")", "3-1");
  twice("item.update", R"("key": "k", "add": {"n": 1})", "3-2");
  EXPECT_EQ(item("k")["n"], 2);
  twice("item.delete", R"("key": "k", "condition": "present", "returnOld": true)", "3-3");
  EXPECT_EQ(error_name(run("item.put", R"("item": {"ImageKey": "k"}, "condition": "absent")", "3-4")), "none");
  EXPECT_EQ(error_name(run("item.put", R"("item": {"ImageKey": "k"}, "condition": "absent")", "3-5")),
            "Item.ConditionFailed");
}

TEST_P(ItemHandlers, QueryPagesThroughAPrefixAndFilters) {
  for (int i = 1; i <= 5; ++i) {
    put(R"({"ImageKey": "a/)" + std::to_string(i) + R"(", "n": )" + std::to_string(i) + ", \"big\": {\"x\": 1}}");
  }
  put(R"({"ImageKey": "b/1", "n": 1})");
  const auto first = run("item.query", R"("prefix": "a/", "limit": 2, "attributes": ["n"])");
  ASSERT_EQ(error_name(first), "none") << cause(first);
  EXPECT_EQ(
      *first,
      Json::parse(
          R"({"table": "photos", "keyAttribute": "ImageKey", "count": 2, "items": [{"n": 1}, {"n": 2}], "scanned": 2, "more": true,
                                    "next": "a/2"})"));
  const auto last =
      run("item.query", R"("prefix": "a/", "limit": 3, "after": "a/2", "filter": {"attribute": "n", "greater": 4})");
  EXPECT_EQ(last->at("items").size(), 1u);
  EXPECT_EQ(last->at("scanned"), 3);
  EXPECT_EQ(last->at("next"), Json());
  EXPECT_EQ(run("item.query", R"("limit": 1000)")->at("count"), 6);
  EXPECT_EQ(run("item.query", R"("key": "b/1")")->at("count"), 1);
  EXPECT_EQ(run("item.query", R"("key": "b/2")")->at("count"), 0);
  EXPECT_EQ(run("item.get", R"("key": "a/1", "attributes": [["big", "x"]])")->at("item"),
            Json::parse(R"({"big": {"x": 1}})"));
  EXPECT_THAT(refused("item.query", R"("prefix": "a", "key": "b")"), HasSubstr("only one of key and prefix"));
  EXPECT_THAT(refused("item.query", R"("limit": 0)"), HasSubstr("/limit: "));
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemHandlers, testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::test
