// Values put together piece by piece, and every limit on every way.
#include "base/value/builder.h"

#include "base/value/json_border.h"
#include "value_samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace stepd {
namespace {

/// What building under `budget` runs into.
Limit limit_of(Budget budget, const std::function<void(Builder&)>& build) {
  Builder builder(budget);
  build(builder);
  EXPECT_EQ(builder.limit(), budget.reached);
  return builder.limit();
}

TEST(ValueBuilder, BuildsWhatItsTextSays) {
  Budget budget;
  Builder builder(budget);
  EXPECT_TRUE(builder.begin_object());
  EXPECT_TRUE(builder.key("list") && builder.begin_array());
  EXPECT_TRUE(builder.null() && builder.boolean(true) && builder.boolean(false) && builder.integer(-7));
  EXPECT_TRUE(builder.number(2.5) && builder.decimal("1.50") && builder.string("a\"b") && builder.end());
  EXPECT_TRUE(builder.key(Key("a name of more than fifteen bytes")) && builder.begin_object() && builder.end());
  EXPECT_TRUE(builder.key("added") && builder.add(value_of("[[1]]")));
  EXPECT_TRUE(builder.end());
  const Value value = std::move(builder).finish();
  EXPECT_EQ(print(value),
            R"({"list":[null,true,false,-7,2.5,1.50,"a\"b"],"a name of more than fifteen bytes":{},"added":[[1]]})");
  EXPECT_EQ(value.text_bytes(), print(value).size());
  EXPECT_EQ(value.depth(), 3u);
  EXPECT_EQ(value.nodes(), 13u);
}

TEST(ValueBuilder, ReplacesBytesThatAreNotUtf8) {
  Budget budget;
  Builder builder(budget);
  builder.begin_object();
  builder.key("\xff");
  builder.string("a\xe2\x82!\xed\xa0\x80");
  builder.end();
  const Value value = std::move(builder).finish();
  EXPECT_EQ(print(value), "{\"\xEF\xBF\xBD\":\"a\xEF\xBF\xBD!\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}");
  EXPECT_EQ(value.text_bytes(), print(value).size());
  EXPECT_EQ(Value::string("a\xff"), Value::string("a\xEF\xBF\xBD"));
  EXPECT_EQ(Key("\xff").text(), "\xEF\xBF\xBD");
  EXPECT_EQ(print(from_json(Json("a\xff\xff"))), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(ValueBuilder, TakesNullForNumbersThatJsonDoesNotHave) {
  for (const double number :
       {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    Budget budget;
    Builder builder(budget);
    EXPECT_TRUE(builder.number(number));
    EXPECT_TRUE(std::move(builder).finish().is_null());
    EXPECT_TRUE(Value::number(number).is_null());
  }
  for (const char* text : {"", "1x", "1e999", "+1", "01", "NaN"}) {
    Budget budget;
    Builder builder(budget);
    EXPECT_TRUE(builder.decimal(text));
    EXPECT_TRUE(std::move(builder).finish().is_null()) << text;
  }
}

TEST(ValueBuilder, CountsItsTextExactly) {
  const std::string text = R"([1,{"a":[],"b":{}},"x",[[]],{"c":{"d":[true,null]}}])";
  const Value value = value_of(text);
  const auto whole = [&](Builder& builder) { builder.add(value); };
  const auto rebuilt = [&](Builder& builder) {
    builder.begin_array();
    for (const Value& item : value.items()) builder.add(item);
    builder.end();
  };
  const auto bytes = static_cast<std::uint32_t>(text.size());
  for (const std::function<void(Builder&)>& build :
       {std::function<void(Builder&)>(whole), std::function<void(Builder&)>(rebuilt)}) {
    EXPECT_EQ(limit_of({.bytes = bytes}, build), Limit::None);
    EXPECT_EQ(limit_of({.bytes = bytes - 1}, build), Limit::Bytes);
    EXPECT_EQ(limit_of({.nodes = value.nodes()}, build), Limit::None);
    EXPECT_EQ(limit_of({.nodes = value.nodes() - 1}, build), Limit::Nodes);
    EXPECT_EQ(limit_of({.depth = value.depth()}, build), Limit::None);
    EXPECT_EQ(limit_of({.depth = value.depth() - 1}, build), Limit::Depth);
  }
}

/// Each kind of addition, into an open object that waits for a value.
struct Addition {
  const char* name;
  std::uint32_t bytes;  // of its text
  std::function<bool(Builder&)> add;
};

std::vector<Addition> additions() {
  return {{"null", 4, [](Builder& b) { return b.null(); }},
          {"boolean", 5, [](Builder& b) { return b.boolean(false); }},
          {"integer", 3, [](Builder& b) { return b.integer(-12); }},
          {"number", 3, [](Builder& b) { return b.number(1.5); }},
          {"decimal", 4, [](Builder& b) { return b.decimal("1.50"); }},
          {"long decimal", 20, [](Builder& b) { return b.decimal("1.500000000000000000"); }},
          {"string", 4, [](Builder& b) { return b.string("\n"); }},
          {"long string", 22, [](Builder& b) { return b.string("12345678901234567890"); }},
          {"invalid string", 5, [](Builder& b) { return b.string("\xff"); }},
          {"add", 4, [](Builder& b) { return b.add(array({Value::string("")})); }},
          {"begin_array", 2, [](Builder& b) { return b.begin_array(); }},
          {"begin_object", 2, [](Builder& b) { return b.begin_object(); }}};
}

TEST(ValueBuilder, EveryAdditionKeepsToEveryLimit) {
  const auto outcome = [](Budget budget, const Addition& addition) {
    Builder builder(budget);
    builder.begin_object();
    builder.key("k");
    const bool added = addition.add(builder);
    EXPECT_EQ(added, builder.limit() == Limit::None) << addition.name;
    // A limit stays reached.
    if (!added) {
      EXPECT_FALSE(builder.null() || builder.string("") || builder.key("") || builder.end() || builder.begin_array());
      const Limit limit = builder.limit();
      EXPECT_TRUE(std::move(builder).finish().is_null());
      return limit;
    }
    return Limit::None;
  };
  for (const Addition& addition : additions()) {
    SCOPED_TRACE(addition.name);
    const std::uint32_t frame = 6;  // {"k":}
    const std::uint32_t bytes = frame + addition.bytes;
    EXPECT_EQ(outcome({.bytes = bytes}, addition), Limit::None);
    EXPECT_EQ(outcome({.bytes = bytes - 1}, addition), Limit::Bytes);
    EXPECT_EQ(outcome({.nodes = 1}, addition), Limit::Nodes);
    EXPECT_EQ(outcome({.fresh = 2 * 16 + 16}, addition), Limit::Fresh);
    EXPECT_EQ(outcome({.fresh = 1'000}, addition), Limit::None);
  }
}

TEST(ValueBuilder, NamesKeepToTheLimits) {
  const auto named = [](std::string name) {
    return [name](Builder& builder) {
      builder.begin_object();
      builder.key(name);
    };
  };
  EXPECT_EQ(limit_of({.bytes = 6}, named("k")), Limit::None);
  EXPECT_EQ(limit_of({.bytes = 5}, named("k")), Limit::Bytes);
  EXPECT_EQ(limit_of({.bytes = 6}, named("\n")), Limit::Bytes);
  EXPECT_EQ(limit_of({.fresh = 60}, named("a name of more than fifteen bytes")), Limit::Fresh);
  EXPECT_EQ(limit_of({}, named(repeat("n", 50'000))), Limit::None);
  EXPECT_EQ(limit_of({}, named(repeat("n", 50'001))), Limit::Name);
  const Key key(repeat("n", 50'001));
  EXPECT_EQ(limit_of({}, [&](Builder& builder) { builder.begin_object(), builder.key(key); }), Limit::Name);
}

TEST(ValueBuilder, AnIndexIsChargedBeforeItIsMade) {
  const auto wide = [](Builder& builder) {
    builder.begin_object();
    for (int i = 0; i < 100; ++i) builder.key(std::to_string(i)), builder.null();
    builder.end();
  };
  EXPECT_EQ(limit_of({.fresh = 32 + 3'200 + 4 * 256}, wide), Limit::None);
  EXPECT_EQ(limit_of({.fresh = 32 + 3'200 + 4 * 256 - 1}, wide), Limit::Fresh);
}

TEST(ValueBuilder, NothingIsDeeperThanAThousandLevelsWhateverTheBudgetSays) {
  const Value deep = value_of(nested_arrays(999));
  const auto wrapped = [&](int times) {
    return [&deep, times](Builder& builder) {
      for (int i = 0; i < times; ++i) builder.begin_array();
      builder.add(deep);
    };
  };
  EXPECT_EQ(limit_of({.depth = 60'000}, wrapped(1)), Limit::None);
  EXPECT_EQ(limit_of({.depth = 60'000}, wrapped(2)), Limit::Depth);
  EXPECT_EQ(limit_of({.depth = 60'000},
                     [](Builder& builder) {
                       for (int i = 0; i < 60'000; ++i) builder.begin_array();
                     }),
            Limit::Depth);
  EXPECT_THROW(array({value_of(nested_arrays(1'000))}), std::length_error);
  EXPECT_THROW(object({{"a", value_of(nested_arrays(1'000))}}), std::length_error);
}

TEST(ValueBuilder, RefusesAHugeStringWithoutLookingAtIt) {
  // 300 MB that are not there: reading any of it would be a fault.
  const std::string_view huge(nullptr, 300'000'000);
  EXPECT_EQ(limit_of({}, [&](Builder& builder) { builder.string(huge); }), Limit::Bytes);
  EXPECT_EQ(limit_of({}, [&](Builder& builder) { builder.begin_object(), builder.key(huge); }), Limit::Bytes);
}

TEST(ValueBuilder, AnArrayOfOneSharedPayloadStopsAtTheSecondItem) {
  const Value payload = Value::string(repeat("x", 182'000));
  Budget budget;
  Builder builder(budget);
  builder.begin_array();
  EXPECT_TRUE(builder.add(payload));
  EXPECT_FALSE(builder.add(payload));
  EXPECT_EQ(builder.limit(), Limit::Bytes);
}

TEST(ValueBuilder, DoublingAValueStopsInRoundFifteen) {
  Budget budget;
  Value doubled = value_of(R"("twelve")");
  int round = 0;
  for (bool built = true; built; ++round) {
    Builder builder(budget);
    builder.begin_array();
    builder.add(doubled);
    builder.add(doubled);
    built = builder.end();
    if (built) doubled = std::move(builder).finish();
  }
  EXPECT_EQ(round, 15);
  EXPECT_EQ(budget.reached, Limit::Bytes);
}

TEST(ValueBuilder, WrappingAValueStopsInRoundNineHundredNinetyNine) {
  Budget budget;
  Value wrapped = value_of(R"({"input":{}})");
  int round = 0;
  for (bool built = true; built; ++round) {
    Builder builder(budget);
    builder.begin_object();
    builder.key("previous");
    builder.add(wrapped);
    built = builder.end();
    if (built) wrapped = std::move(builder).finish();
  }
  EXPECT_EQ(round, 999);
  EXPECT_EQ(budget.reached, Limit::Depth);
}

TEST(ValueBuilder, WhatIsThrownAwayCountsAsMemoryToo) {
  Budget budget;
  int built = 0;
  for (; budget.reached == Limit::None && built < 100; ++built) {
    Builder builder(budget);
    builder.string(repeat("x", 260'000));
  }
  EXPECT_EQ(built, (16 << 20) / 260'032 + 1);
  EXPECT_EQ(budget.reached, Limit::Fresh);
}

TEST(ValueBuilder, SharesLongNames) {
  Budget budget;
  Builder builder(budget);
  builder.begin_array();
  for (int i = 0; i < 2; ++i)
    builder.begin_object(), builder.key("a name of more than fifteen bytes"), builder.null(), builder.end();
  builder.end();
  const Value value = std::move(builder).finish();
  EXPECT_EQ(value[0].members()[0].key.data(), value[1].members()[0].key.data());
}

TEST(ValueBuilder, SharesMoreLongNamesThanItRemembers) {
  std::string text = "{";
  for (int i = 0; i < 10'000; ++i)
    text += "\"a rather long member name " + std::to_string(i) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  EXPECT_EQ(reprint(text), text);
}

TEST(ValueBuilder, MakesSmallConstants) {
  EXPECT_EQ(print(object(
                {{"Error", Value::string("States.Timeout")}, {"Cause", Value()}, {"n", array({Value::integer(1)})}})),
            R"({"Error":"States.Timeout","Cause":null,"n":[1]})");
  EXPECT_EQ(print(object({})), "{}");
  EXPECT_EQ(print(array({})), "[]");
  EXPECT_EQ(print(array(std::vector{Value::boolean(true), Value::empty_object(), Value::empty_array()})),
            "[true,{},[]]");
  ObjectBuilder writer;
  writer.add("a", Value::integer(1));
  writer.add("a", Value::integer(2));
  EXPECT_EQ(print(std::move(writer).finish()), R"({"a":2})");
}

TEST(ValueBuilder, EveryLimitHasItsSentence) {
  EXPECT_EQ(describe(Limit::Depth), "JSON is nested more than 1000 levels deep");
  for (const Limit limit : {Limit::Bytes, Limit::Nodes, Limit::Fresh, Limit::Name, Limit::Steps}) {
    EXPECT_GT(describe(limit).size(), 20u);
  }
}

}  // namespace
}  // namespace stepd
