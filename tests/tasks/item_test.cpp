#include "handler_fixture.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

TEST(ItemPut, StoresTheItemAndAnswersItsKey) {
  Workbench bench;
  const auto put = bench.run("item.put", R"({"table": "photos", "item": {"ImageKey": "uploads/a.jpg", "width": 7}})");
  ASSERT_EQ(error_name(put), "none") << cause(put);
  EXPECT_EQ(*put, Json::parse(R"({"table": "photos", "key": "uploads/a.jpg"})"));
  const auto got = bench.run("item.get", R"({"table": "photos", "key": "uploads/a.jpg"})");
  ASSERT_EQ(error_name(got), "none") << cause(got);
  EXPECT_EQ(*got, Json::parse(R"({"found": true, "item": {"ImageKey": "uploads/a.jpg", "width": 7}})"));
}

TEST(ItemPut, ReplacesTheWholeItem) {
  Workbench bench;
  bench.run("item.put", R"({"table": "counters", "item": {"n": 1, "old": true}})");
  bench.run("item.put", R"({"table": "counters", "item": {"n": 1, "new": true}})");
  const auto got = bench.run("item.get", R"({"table": "counters", "key": 1})");
  EXPECT_EQ(got->at("item"), Json::parse(R"({"n": 1, "new": true})"));
}

TEST(ItemPut, NamesItsErrors) {
  Workbench bench;
  const auto error = [&](const char* event) { return error_name(bench.run("item.put", event)); };
  EXPECT_EQ(error(R"({"table": "none", "item": {"ImageKey": "a"}})"), "Item.NoSuchTable");
  EXPECT_EQ(error(R"({"table": "photos", "item": {"imageKey": "a"}})"), "Item.InvalidKey");
  EXPECT_EQ(error(R"({"table": "photos", "item": {"ImageKey": ""}})"), "Item.InvalidKey");
  EXPECT_EQ(error(R"({"table": "photos", "item": {"ImageKey": [1]}})"), "Item.InvalidKey");
  for (const char* event : {R"({"table": "photos"})", R"({"table": "photos", "item": null})",
                            R"({"table": "photos", "item": [1]})", R"({"table": "photos", "item": "text"})"}) {
    const auto result = bench.run("item.put", event);
    EXPECT_EQ(error_name(result), "Handler.InvalidArguments") << event;
    EXPECT_THAT(cause(result), HasSubstr("/item: ")) << event;
  }
}

TEST(ItemGet, SaysThatThereIsNone) {
  Workbench bench;
  const auto got = bench.run("item.get", R"({"table": "photos", "key": "nothing"})");
  ASSERT_EQ(error_name(got), "none");
  EXPECT_EQ(*got, Json::parse(R"({"found": false, "item": null})"));
}

TEST(ItemGet, NamesItsErrors) {
  Workbench bench;
  EXPECT_EQ(error_name(bench.run("item.get", R"({"table": "none", "key": "a"})")), "Item.NoSuchTable");
  EXPECT_EQ(error_name(bench.run("item.get", R"({"table": "photos", "key": {}})")), "Item.InvalidKey");
  EXPECT_EQ(error_name(bench.run("item.get", R"({"table": "photos", "key": null})")), "Item.InvalidKey");
  EXPECT_EQ(error_name(bench.run("item.get", R"({"table": "photos"})")), "Handler.InvalidArguments");
}

}  // namespace
}  // namespace stepd::test
