// Equality of values and the hash that agrees with it.
#include "base/value/compare.h"

#include "value_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace stepd {
namespace {

void expect_equal(std::string_view a, std::string_view b) {
  EXPECT_EQ(value_of(a), value_of(b));
  EXPECT_EQ(value_of(b), value_of(a));
  EXPECT_EQ(canonical_hash(value_of(a)), canonical_hash(value_of(b))) << a << " " << b;
}

void expect_different(std::string_view a, std::string_view b) {
  EXPECT_NE(value_of(a), value_of(b));
  EXPECT_NE(value_of(b), value_of(a));
  EXPECT_NE(canonical_hash(value_of(a)), canonical_hash(value_of(b))) << a << " " << b;
}

/// The same value with its members in another order.
Value shuffled(const Value& value, RandomValues& draw) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(shuffled(item, draw));
    return array(items);
  }
  if (!value.is_object()) return value;
  std::vector<std::pair<std::string_view, Value>> members;
  for (const auto& [key, member] : value.members()) members.emplace_back(key, shuffled(member, draw));
  for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[draw.below(i)]);
  ObjectBuilder writer;
  for (auto& [key, member] : members) writer.add(key, std::move(member));
  return std::move(writer).finish();
}

TEST(ValueCompare, NumbersAreEqualByWhatTheyAreWorth) {
  for (const char* one : {"1", "1.0", "1e0", "1E+0", "0.1e1", "10e-1", "1.000000000000000000000"}) {
    for (const char* other : {"1", "1.00", "100e-2"}) expect_equal(one, other);
  }
  expect_equal("0", "-0");
  expect_equal("0", "-0.0");
  expect_equal("0", "0e999999999999");
  expect_equal("0.10", "0.1");
  expect_equal("1e20", "100000000000000000000");
  expect_equal("123000", "1.23e5");
  expect_equal("-1.50", "-1.5");
  expect_equal("0.30000000000000004", "3.0000000000000004e-1");
  expect_different("1", "-1");
  expect_different("1", "10");
  expect_different("1", "\"1\"");
  expect_different("0", "null");
  expect_different("0", "false");
  expect_different("0.1", "0.1000000000000000055511151231257827");
  // One double, but not one number.
  expect_different("9007199254740993", "9007199254740992.0");
  expect_different("9007199254740993", "9007199254740992");
}

TEST(ValueCompare, ANumberThatWasComputedEqualsOneThatWasRead) {
  for (const auto& [number, text] : {std::pair(0.5, "0.5"), {0.1, "0.10"}, {1e300, "1e300"}, {3.0, "3"}}) {
    EXPECT_EQ(Value::number(number), value_of(text));
    EXPECT_EQ(canonical_hash(Value::number(number)), canonical_hash(value_of(text)));
  }
}

TEST(ValueCompare, MembersCountInAnyOrderItemsInTheirs) {
  expect_equal(R"({"a":1,"b":[2,{"c":3,"d":4}]})", R"({"b":[2.0,{"d":4,"c":3}],"a":1})");
  expect_different("[1,2]", "[2,1]");
  expect_different("[1]", "[1,1]");
  expect_different(R"({"a":1})", R"({"b":1})");
  expect_different(R"({"a":1,"b":2})", R"({"a":2,"b":1})");
  expect_different("[]", "{}");
  expect_different("[[]]", "[{}]");
  expect_different("true", "false");
  expect_different(R"({"a":{"b":1},"c":2})", R"({"a":{"c":2},"b":1})");
}

TEST(ValueCompare, LongTextsAreComparedByContent) {
  expect_equal(R"("a text of more than fifteen bytes")", R"("a text of more than fifteen byte\u0073")");
  expect_different(R"("a text of more than fifteen bytes")", R"("a text of more than fifteen bytez")");
  expect_equal(R"({"a name of more than fifteen bytes":1,"x":2})", R"({"x":2,"a name of more than fifteen bytes":1})");
}

TEST(ValueCompare, OfRandomTreesEqualOnesHaveEqualHashes) {
  RandomValues values(3);
  for (int round = 0; round < 1'000; ++round) {
    const Value value = values.tree(6);
    const Value other = shuffled(value_of(print(value)), values);
    ASSERT_EQ(value, other);
    ASSERT_EQ(canonical_hash(value), canonical_hash(other)) << print(value);
    const Value unlike = values.tree(2);
    if (unlike == value) {
      ASSERT_EQ(canonical_hash(unlike), canonical_hash(value)) << print(value) << print(unlike);
    }
  }
}

TEST(ValueCompare, StopsWhenItsStepsAreUsedUp) {
  const Value one = value_of("[1,2,3,[4,5]]");
  const Value other = value_of("[1,2,3,[4,5]]");
  Budget enough{.steps = 7};
  EXPECT_TRUE(equal(one, other, enough));
  EXPECT_EQ(enough.steps, 0u);
  EXPECT_EQ(enough.reached, Limit::None);
  Budget few{.steps = 6};
  EXPECT_FALSE(equal(one, other, few));
  EXPECT_EQ(few.reached, Limit::Steps);
}

TEST(ValueCompare, WhatIsSharedOrOfAnotherSizeIsNotWalked) {
  const Value wide = array(std::vector<Value>(100'000, value_of("[1,2]")));
  Budget budget{.steps = 2};
  const Value copy = wide;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_TRUE(equal(wide, copy, budget));
  EXPECT_FALSE(equal(wide, array({wide}), budget));
  EXPECT_EQ(budget.reached, Limit::None);
}

}  // namespace
}  // namespace stepd
