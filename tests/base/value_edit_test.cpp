// Values with something put into them.
#include "base/value/edit.h"

#include "value_samples.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace stepd {
namespace {

/// "a.b.0": steps by name, or by index where they are numbers.
std::vector<EditStep> steps_of(std::string_view path) {
  std::vector<EditStep> steps;
  while (!path.empty()) {
    const std::string step(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    if (step[0] >= '0' && step[0] <= '9') {
      steps.emplace_back(static_cast<std::size_t>(std::stoul(step)));
    } else {
      steps.emplace_back(Key(step));
    }
  }
  return steps;
}

std::string edited(std::string_view root, std::string_view path, std::string_view value) {
  Budget budget;
  const auto result = with(value_of(root), steps_of(path), value_of(value), budget);
  if (!result) return "refused: " + result.error().cause;
  EXPECT_EQ(result->text_bytes(), print(*result).size());
  EXPECT_EQ(result->depth(), value_of(print(*result)).depth());
  EXPECT_EQ(result->nodes(), value_of(print(*result)).nodes());
  return print(*result);
}

TEST(ValueEdit, PutsAValueWhereThePathLeads) {
  EXPECT_EQ(edited("{}", "", "1"), "1");
  EXPECT_EQ(edited(R"({"a":1,"b":2})", "a", "[3]"), R"({"a":[3],"b":2})");
  EXPECT_EQ(edited(R"({"a":1})", "b", "2"), R"({"a":1,"b":2})");
  EXPECT_EQ(edited(R"({"a":{"b":{"c":1}}})", "a.b.c", "2"), R"({"a":{"b":{"c":2}}})");
  EXPECT_EQ(edited(R"({"a":[1,[2,3]]})", "a.1.0", "{}"), R"({"a":[1,[{},3]]})");
  EXPECT_EQ(edited(R"({"a":[[[1]]],"b":[]})", "a", "0"), R"({"a":0,"b":[]})");
  EXPECT_EQ(edited(R"({"a":[[[1]]],"b":[[[1]]]})", "a", "0"), R"({"a":0,"b":[[[1]]]})");
}

TEST(ValueEdit, MakesObjectsOfWhatIsAbsentOrNull) {
  EXPECT_EQ(edited("{}", "a.b.c", "1"), R"({"a":{"b":{"c":1}}})");
  EXPECT_EQ(edited("null", "a.b", "1"), R"({"a":{"b":1}})");
  EXPECT_EQ(edited(R"({"a":null,"z":0})", "a.b", "1"), R"({"a":{"b":1},"z":0})");
  EXPECT_EQ(edited(R"([null])", "0.b", "1"), R"([{"b":1}])");
}

TEST(ValueEdit, RefusesPathsThatLeadNowhere) {
  for (const auto& [root, path] : {std::pair("1", "a"),
                                   {"[]", "a"},
                                   {"{}", "0"},
                                   {"[]", "0"},
                                   {"[1]", "1"},
                                   {"null", "0"},
                                   {R"({"a":"x"})", "a.b"},
                                   {R"({"a":{}})", "a.b.0"},
                                   {R"({"a":[{}]})", "a.0.b.0"}}) {
    Budget budget;
    const auto result = with(value_of(root), steps_of(path), Value(), budget);
    ASSERT_FALSE(result.has_value()) << root << " " << path;
    EXPECT_EQ(budget.reached, Limit::None);
    EXPECT_EQ(budget.fresh, Budget().fresh);
  }
  EXPECT_EQ(edited(R"({"a":"x"})", "a.b", "1"), "refused: step 2 of the path leads to no place in the value");
}

TEST(ValueEdit, SharesWhatLiesBesideThePath) {
  const Value root = value_of(R"({"big":[1,2,3],"a":{"beside":["x"],"b":0}})");
  const Value put = value_of("[7]");
  Budget budget;
  const auto result = with(root, steps_of("a.b"), put, budget);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->find("big")->same(*root.find("big")));
  EXPECT_TRUE(result->find("a")->find("beside")->same(*root.find("a")->find("beside")));
  EXPECT_TRUE(result->find("a")->find("b")->same(put));
  EXPECT_EQ(print(root), R"({"big":[1,2,3],"a":{"beside":["x"],"b":0}})");
}

TEST(ValueEdit, KeepsTheIndexOfManyMembers) {
  for (const int members : {15, 16, 17, 31, 32, 33, 1'000}) {
    ObjectBuilder writer;
    for (int i = 0; i < members; ++i) writer.add("m" + std::to_string(i), Value::integer(i));
    const Value object = std::move(writer).finish();
    Budget budget;
    const Value replaced = with_member(object, Key("m3"), Value::string("new"), budget).value();
    const Value added =
        with_member(object, Key("a name of more than fifteen bytes"), Value::string("new"), budget).value();
    EXPECT_EQ(replaced.find("m3")->string(), "new");
    EXPECT_EQ(replaced.members()[3].key, "m3");
    EXPECT_EQ(added.find("a name of more than fifteen bytes")->string(), "new");
    EXPECT_EQ(added.size(), static_cast<std::size_t>(members) + 1);
    for (int i = 4; i < members; ++i) {
      ASSERT_EQ(replaced.find("m" + std::to_string(i))->integer(), i);
      ASSERT_EQ(added.find("m" + std::to_string(i))->integer(), i);
    }
    EXPECT_EQ(added.find("m" + std::to_string(members)), nullptr);
    EXPECT_EQ(print(added).size(), added.text_bytes());
  }
}

TEST(ValueEdit, KeepsToEveryLimit) {
  const Value root = value_of(R"({"a":{"b":[1,2]}})");
  const auto limit_of_edit = [&](Budget budget, const Value& value) {
    const auto result = with(root, steps_of("a.c.d"), value, budget);
    EXPECT_EQ(result.has_value(), budget.reached == Limit::None);
    if (!result) EXPECT_EQ(result.error().cause, describe(budget.reached));
    return budget.reached;
  };
  const Value one = Value::integer(1);  // {"a":{"b":[1,2],"c":{"d":1}}}
  EXPECT_EQ(limit_of_edit({.bytes = 29}, one), Limit::None);
  EXPECT_EQ(limit_of_edit({.bytes = 28}, one), Limit::Bytes);
  EXPECT_EQ(limit_of_edit({.depth = 3}, one), Limit::None);
  EXPECT_EQ(limit_of_edit({.depth = 2}, one), Limit::Depth);
  EXPECT_EQ(limit_of_edit({.nodes = 7}, one), Limit::None);
  EXPECT_EQ(limit_of_edit({.nodes = 6}, one), Limit::Nodes);
  EXPECT_EQ(limit_of_edit({.fresh = 3 * 16 + 4 * 32}, one), Limit::None);
  EXPECT_EQ(limit_of_edit({.fresh = 3 * 16 + 4 * 32 - 1}, one), Limit::Fresh);
  EXPECT_EQ(limit_of_edit({.depth = 60'000}, value_of(nested_arrays(997))), Limit::None);
  EXPECT_EQ(limit_of_edit({.depth = 60'000}, value_of(nested_arrays(998))), Limit::Depth);
}

}  // namespace
}  // namespace stepd
