// Handles: what they answer, what they share, and how they end.
#include "base/value/value.h"

#include "base/value/text_hash.h"
#include "value_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace stepd {
namespace {

TEST(Value, IsNullByDefault) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value::null().is_null());
  EXPECT_EQ(Value().text_bytes(), 4u);
  EXPECT_EQ(Value().nodes(), 1u);
  EXPECT_EQ(Value().depth(), 0u);
}

TEST(Value, AnswersWhatItWasMadeOf) {
  EXPECT_TRUE(Value::boolean(true).boolean());
  EXPECT_FALSE(Value::boolean(false).boolean());
  EXPECT_EQ(Value::boolean(false).kind(), Kind::Bool);
  EXPECT_EQ(Value::integer(-5).integer(), -5);
  EXPECT_EQ(Value::integer(-5).number(), -5.0);
  EXPECT_EQ(Value::integer(std::numeric_limits<std::int64_t>::min()).number_text(), "-9223372036854775808");
  EXPECT_EQ(Value::number(2.5).number(), 2.5);
  EXPECT_EQ(Value::number(2.5).kind(), Kind::Decimal);
  for (const std::size_t length : {0u, 1u, 14u, 15u, 16u, 17u, 1'000u}) {
    const std::string text(length, 'x');
    const Value value = Value::string(text);
    EXPECT_EQ(value.string(), text);
    EXPECT_EQ(value.text_bytes(), length + 2);
  }
  EXPECT_TRUE(Value::empty_array().is_array() && Value::empty_array().empty());
  EXPECT_TRUE(Value::empty_object().is_object() && Value::empty_object().empty());
  EXPECT_EQ(Value::empty_object().depth(), 1u);
}

TEST(Value, AnswersNothingForWhatItIsNot) {
  const Value text = Value::string("1");
  EXPECT_EQ(text.integer(), std::nullopt);
  EXPECT_EQ(text.number(), 0);
  EXPECT_EQ(text.number_text(), "");
  EXPECT_FALSE(text.boolean());
  EXPECT_EQ(text.size(), 0u);
  EXPECT_TRUE(text.items().empty());
  EXPECT_TRUE(text.members().empty());
  EXPECT_EQ(text.find("1"), nullptr);
  EXPECT_EQ(text.find(Key("1")), nullptr);
  const Value number = Value::integer(1);
  EXPECT_EQ(number.string(), "");
}

template <class Handle>
concept GivesTextOf = requires(Handle handle) {
  std::forward<Handle>(handle).string();
};
static_assert(GivesTextOf<const Value&> && !GivesTextOf<Value>, "the view would outlive what it looks at");
static_assert(std::is_nothrow_move_constructible_v<Value> && std::is_nothrow_copy_constructible_v<Value>);

TEST(Value, IsWalkedInOrder) {
  const Value value = value_of(R"({"b":1,"a":[2,3],"a name of more than fifteen bytes":null})");
  std::string names;
  for (const auto& [key, member] : value.members()) names += std::string(key) + "=" + print(member) + ";";
  EXPECT_EQ(names, "b=1;a=[2,3];a name of more than fifteen bytes=null;");
  std::int64_t sum = 0;
  for (const Value& item : value.find("a")->items()) sum += *item.integer();
  EXPECT_EQ(sum, 5);
  EXPECT_EQ((*value.find("a"))[1].integer(), 3);
}

TEST(Value, FindsMembersInObjectsOfEverySize) {
  for (const int members : {0, 1, 15, 16, 17, 18, 31, 32, 33, 1'000}) {
    const auto name = [](int i) {
      return (i % 3 == 0 ? "a name of more than fifteen bytes " : i % 3 == 1 ? "\"" : "m") + std::to_string(i);
    };
    ObjectBuilder writer;
    for (int i = 0; i < members; ++i) writer.add(name(i), Value::integer(i));
    const Value object = std::move(writer).finish();
    ASSERT_EQ(object.size(), static_cast<std::size_t>(members));
    for (int i = 0; i < members; ++i) {
      ASSERT_NE(object.find(name(i)), nullptr) << name(i);
      EXPECT_EQ(object.find(name(i))->integer(), i);
      EXPECT_EQ(object.find(Key(name(i))), object.find(name(i)));
    }
    for (const int other : {members, members + 1, members + 2}) EXPECT_EQ(object.find(name(other)), nullptr);
    EXPECT_EQ(object.find(""), nullptr);
  }
}

TEST(Value, FindsTheEmptyNameAndNamesOfZeroBytes) {
  const Value object = value_of(R"({"":1,"\u0000":2,"\u0000\u0000":3})");
  EXPECT_EQ(object.find("")->integer(), 1);
  EXPECT_EQ(object.find(std::string_view("\0", 1))->integer(), 2);
  EXPECT_EQ(object.find(std::string_view("\0\0", 2))->integer(), 3);
  EXPECT_EQ(object.find(std::string_view("\0\0\0", 3)), nullptr);
}

TEST(Value, CopiesShareTheirContent) {
  const Value value = value_of(R"({"a":[1,2,3]})");
  const Value copy = value;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_TRUE(copy.same(value));
  EXPECT_EQ(copy.find("a"), value.find("a"));
  EXPECT_FALSE(value_of(R"({"a":[1,2,3]})").same(value));
  EXPECT_TRUE(Value::string("short").same(Value::string("short")));
}

TEST(Value, MovesAndAssignsWithoutLosingCount) {
  Value value = value_of("[1,[2]]");
  Value other = std::move(value);
  EXPECT_EQ(print(other), "[1,[2]]");
  value = other;
  other = Value::integer(1);
  EXPECT_EQ(print(value), "[1,[2]]");
  value = value[1];  // what lives within the value that it replaces
  EXPECT_EQ(print(value), "[2]");
  Value& itself = value;
  value = itself;
  EXPECT_EQ(print(value), "[2]");
}

TEST(Value, AnItemOutlivesItsTree) {
  Value item;
  {
    const Value tree = value_of(R"([{"text":"a text of more than fifteen bytes"}])");
    item = *tree[0].find("text");
  }
  EXPECT_EQ(item.string(), "a text of more than fifteen bytes");
}

TEST(Value, PrintsDoublesAsTheirShortestDigits) {
  const auto printed = [](double number) { return Value::number(number).number_text(); };
  EXPECT_EQ(printed(0), "0.0");
  EXPECT_EQ(printed(-0.0), "-0.0");
  EXPECT_EQ(printed(3), "3.0");
  EXPECT_EQ(printed(0.1), "0.1");
  EXPECT_EQ(printed(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(printed(100'000), "100000.0");
  EXPECT_EQ(printed(123456789.25), "123456789.25");
  EXPECT_EQ(printed(1e14), "100000000000000.0");
  EXPECT_EQ(printed(1e15), "1e+15");
  EXPECT_EQ(printed(1e20), "1e+20");
  EXPECT_EQ(printed(0.0001), "0.0001");
  EXPECT_EQ(printed(0.00001), "1e-05");
  EXPECT_EQ(printed(-1.5e-7), "-1.5e-07");
  EXPECT_EQ(printed(5e-324), "5e-324");
  EXPECT_EQ(printed(1.7976931348623157e308), "1.7976931348623157e+308");
}

TEST(Value, ATreeOfAThousandLevelsAndAVeryWideOneAreFreed) {
  { const Value deep = value_of(nested_arrays(1'000)); }
  { const Value deep = value_of(repeat("{\"a long enough member name\":", 1'000) + "1" + repeat("}", 1'000)); }
  std::string wide = "[";
  for (int i = 0; i < 200'000; ++i) wide += "[[]],";
  wide.back() = ']';
  EXPECT_EQ(value_of(wide).size(), 200'000u);
}

TEST(Value, ManyThreadsShareOneTree) {
  const Value tree = value_of(R"({"items":[{"text":"a text of more than fifteen bytes"},[1,2,[3]]],"n":1})");
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([tree] {
      for (int round = 0; round < 2'000; ++round) {
        const Value item = (*tree.find("items"))[static_cast<std::size_t>(round % 2)];
        const Value wrapped = array({item, item, Value::integer(round)});
        EXPECT_EQ(wrapped[0].text_bytes(), item.text_bytes());
      }
    });
  }
}

TEST(Value, TheHashOfNamesDependsOnTheSeedAlone) {
  set_hash_seed(1);
  const auto first = hash_text("a name of more than fifteen bytes");
  const auto shorter = hash_text("name");
  set_hash_seed(2);
  EXPECT_NE(hash_text("a name of more than fifteen bytes"), first);
  EXPECT_NE(hash_text("name"), shorter);
  set_hash_seed(1);
  EXPECT_EQ(hash_text("a name of more than fifteen bytes"), first);
}

TEST(Value, NamesOfEveryLengthHaveHashesOfTheirOwn) {
  std::vector<std::uint64_t> hashes;
  for (std::size_t length = 0; length < 100; ++length) {
    const std::string zeros(length, '\0');
    hashes.push_back(hash_text(zeros));
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = zeros;
      other[i] = 'x';
      hashes.push_back(hash_text(other));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace
}  // namespace stepd
