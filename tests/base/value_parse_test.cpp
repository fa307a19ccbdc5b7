// JSON text read into values, and what is refused.
#include "base/value/parse.h"

#include "base/limits.h"
#include "base/payload.h"
#include "value_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace stepd {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string cause_of(std::string_view text) {
  const auto value = parse_value(text);
  return value ? "accepted: " + print(*value) : value.error().cause;
}

TEST(ValueParse, KeepsTheDigitsOfNumbers) {
  for (const char* text : {"0",
                           "-0",
                           "1",
                           "-1",
                           "1.0",
                           "-0.0",
                           "0.10",
                           "1e2",
                           "1E2",
                           "1e+2",
                           "1.50",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "18446744073709551616",
                           "100000000000000000000",
                           "0.1000000000000000055511151231257827",
                           "1.7976931348623157e308",
                           "5e-324",
                           "1e-400",
                           "123456789012345678.9",
                           "0.30000000000000004",
                           "-123456789012345.5",
                           "3.141592653589793"}) {
    EXPECT_EQ(reprint(text), text);
    EXPECT_EQ(value_of(text).number_text(), text);
    EXPECT_EQ(value_of(text).text_bytes(), std::string_view(text).size());
  }
}

TEST(ValueParse, TellsIntegersFromDecimals) {
  EXPECT_EQ(value_of("-0").kind(), Kind::Integer);
  EXPECT_EQ(value_of("-0").integer(), 0);
  EXPECT_EQ(value_of("9223372036854775807").integer(), 9223372036854775807);
  EXPECT_EQ(value_of("-9223372036854775808").integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(value_of("9223372036854775808").kind(), Kind::Integer);
  EXPECT_EQ(value_of("9223372036854775808").integer(), std::nullopt);
  EXPECT_EQ(value_of("9223372036854775808").number(), 9223372036854775808.0);
  for (const char* text : {"1.0", "1e2", "0.30000000000000004", "0.1000000000000000055511151231257827"}) {
    EXPECT_EQ(value_of(text).kind(), Kind::Decimal) << text;
    EXPECT_EQ(value_of(text).integer(), std::nullopt) << text;
    EXPECT_EQ(value_of(text).number(), Json::parse(text).get<double>()) << text;
  }
  EXPECT_EQ(value_of("1e-400").number(), 0);
  EXPECT_EQ(value_of("0." + repeat("0", 500) + "1").number(), 0);
}

TEST(ValueParse, RefusesNumbersThatNoDoubleHolds) {
  EXPECT_THAT(cause_of("1e400"), HasSubstr("number overflow"));
  EXPECT_THAT(cause_of("-1e400"), HasSubstr("number overflow"));
  EXPECT_THAT(cause_of(repeat("9", 400)), HasSubstr("number overflow"));
  EXPECT_THAT(cause_of("1e99999999999999999999"), HasSubstr("number overflow"));
  EXPECT_EQ(reprint(repeat("9", 300)), repeat("9", 300));
}

TEST(ValueParse, RefusesNumbersOfMoreThanAThousandCharacters) {
  EXPECT_TRUE(parse_value("0." + repeat("1", 998)).has_value());
  EXPECT_THAT(cause_of("0." + repeat("1", 999)), HasSubstr("a number has more than 1000 characters"));
}

TEST(ValueParse, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* text :
       {"",          " ",           "01",       "-",         "+1",         ".5",      "1.",        "1.e1",
        "1e",        "1e+",         "0x1",      "NaN",       "Infinity",   "tru",     "True",      "nul",
        "[",         "[1",          "[1,",      "[1,]",      "[,1]",       "[1 2]",   "]",         "{",
        "{\"a\"",    "{\"a\":",     "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}",   "{\"a\" 1}", "{1:1}",
        "{]",        "[}",          "1 2",      "{}x",       "\"",         "\"a",     "\"\\",      "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "'a'",      "/**/1",     "\"\n\"",     "\"\x1f\""}) {
    EXPECT_FALSE(parse_value(text).has_value()) << text;
    EXPECT_FALSE(parse_json(text).has_value()) << text;
  }
}

TEST(ValueParse, RefusesNulBytesAndAByteOrderMark) {
  using namespace std::string_view_literals;
  for (const auto text : {"{}\0x"sv, "{}\0"sv, "\0{}"sv, "\"a\0b\""sv, "[1,\0]"sv, "tru\0"sv}) {
    EXPECT_FALSE(parse_value(text).has_value());
  }
  EXPECT_THAT(cause_of("\xEF\xBB\xBF{}"), HasSubstr("a byte order mark is not allowed"));
  EXPECT_EQ(reprint("\"\\u0000\""), "\"\\u0000\"");
  EXPECT_EQ(value_of("\"a\\u0000b\""), Value::string(std::string_view("a\0b", 3)));
}

TEST(ValueParse, RefusesIllFormedUtf8) {
  for (const char* text :
       {"\"\xff\"", "\"\xc3\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"", "\"\xf0\x80\x80\x80\"",
        "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\x80\"", "\"\xe2\x82\"", "{\"\xff\":1}"}) {
    EXPECT_FALSE(parse_value(text).has_value());
    EXPECT_FALSE(parse_json(text).has_value());
  }
  for (const char* text :
       {"\"ü\"", "\"\xe2\x82\xac\"", "\"\xf0\x9f\x98\x80\"", "\"\xf4\x8f\xbf\xbf\"", "\"\xed\x9f\xbf\""}) {
    EXPECT_EQ(reprint(text), text);
  }
}

TEST(ValueParse, TakesSurrogatesInPairsAlone) {
  EXPECT_EQ(value_of("\"\\ud83d\\ude00\""), Value::string("\xF0\x9F\x98\x80"));
  EXPECT_EQ(value_of("\"\\uD83D\\uDE00\\u00fc\""), Value::string("\xF0\x9F\x98\x80\xC3\xBC"));
  for (const char* text : {"\"\\ud800\"", "\"\\ud800x\"", "\"\\ude00\"", "\"\\ud800\\ud800\"", "\"\\ud800\\n\"",
                           "\"\\ud800\\u0041\"", "\"\\ud800\\u\""}) {
    EXPECT_FALSE(parse_value(text).has_value()) << text;
    EXPECT_FALSE(parse_json(text).has_value()) << text;
  }
}

TEST(ValueParse, PrintsTheFewestEscapes) {
  EXPECT_EQ(reprint(R"("\u001f\u007f\/\u00e9\b\f\n\r\t\"\\\u0041")"), "\"\\u001f\x7f/é\\b\\f\\n\\r\\t\\\"\\\\A\"");
  EXPECT_EQ(reprint(R"("a text of more than fifteen bytes\nwith é\u0001 and more after it")"),
            R"("a text of more than fifteen bytes\nwith é\u0001 and more after it")");
}

TEST(ValueParse, OfARepeatedNameTheLastValueCountsAtThePlaceOfTheFirst) {
  EXPECT_EQ(reprint(R"({"a":1,"b":2,"a":[3],"c":{"x":1,"x":[[2]]},"a":4})"), R"({"a":4,"b":2,"c":{"x":[[2]]}})");
  EXPECT_EQ(value_of(R"({"a":[[[1]]],"a":1})").depth(), 1u);
  EXPECT_EQ(value_of(R"({"a":[[[1]]],"a":1})").nodes(), 2u);
  EXPECT_EQ(reprint(R"({"a name of more than fifteen bytes":1,"a name of more than fifteen bytes":2})"),
            R"({"a name of more than fifteen bytes":2})");
}

TEST(ValueParse, FindsEachOfManyMembersAndTheRepeatedOnesAmongThem) {
  std::string text = "{";
  for (int i = 0; i < 150'000; ++i) text += "\"member-" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  text += "\"member-7\":\"again\"}";
  const Value value = value_of(text);
  ASSERT_EQ(value.size(), 150'000u);
  EXPECT_EQ(value.find("member-7")->string(), "again");
  EXPECT_EQ(value.members()[7].key, "member-7");
  for (int i = 0; i < 150'000; i += 777) {
    ASSERT_NE(value.find("member-" + std::to_string(i)), nullptr) << i;
    EXPECT_EQ(value.members()[static_cast<std::size_t>(i)].key, "member-" + std::to_string(i));
  }
  EXPECT_EQ(value.find("member-150000"), nullptr);
  EXPECT_EQ(print(value).size(), value.text_bytes());
}

TEST(ValueParse, FollowsAThousandLevelsAndNoMore) {
  EXPECT_EQ(value_of(nested_arrays(1'000)).depth(), 1'000u);
  EXPECT_EQ(reprint(nested_arrays(1'000)), nested_arrays(1'000));
  for (const std::size_t levels : {1'001u, 60'000u, 1'000'000u}) {
    EXPECT_EQ(cause_of(nested_arrays(levels)), "JSON is nested more than 1000 levels deep");
    EXPECT_EQ(cause_of(repeat("{\"a\":", levels)), "JSON is nested more than 1000 levels deep");
  }
}

TEST(ValueParse, RefusesMemberNamesOfMoreThanFiftyThousandCharacters) {
  const auto named = [](const std::string& name) { return "{\"" + name + "\":1}"; };
  EXPECT_TRUE(parse_value(named(repeat("n", 50'000))).has_value());
  EXPECT_TRUE(parse_value(named(repeat("日", 50'000))).has_value());
  EXPECT_EQ(cause_of(named(repeat("n", 50'001))), "a JSON member name is longer than 50000 characters");
}

TEST(ValueParse, StopsAtTheLimitsOfItsBudget) {
  const std::string text = R"({"a":[1,2,3],"b":"twelve bytes"})";
  const auto stopped_at = [&](Budget budget) { return parse(text, budget).has_value() ? Limit::None : budget.reached; };
  EXPECT_EQ(stopped_at({}), Limit::None);
  EXPECT_EQ(stopped_at({.bytes = static_cast<std::uint32_t>(text.size())}), Limit::None);
  EXPECT_EQ(stopped_at({.bytes = static_cast<std::uint32_t>(text.size()) - 1}), Limit::Bytes);
  EXPECT_EQ(stopped_at({.depth = 2}), Limit::None);
  EXPECT_EQ(stopped_at({.depth = 1}), Limit::Depth);
  EXPECT_EQ(stopped_at({.nodes = 6}), Limit::None);
  EXPECT_EQ(stopped_at({.nodes = 5}), Limit::Nodes);
  EXPECT_EQ(stopped_at({.fresh = 100}), Limit::Fresh);
}

TEST(ValueParse, SaysWhereAndWhyInTheWordsThatClientsKnow) {
  EXPECT_EQ(
      cause_of(""),
      "parse error at line 1, column 1: syntax error while parsing value - unexpected end of input; expected '[', "
      "'{', or a literal");
  EXPECT_EQ(
      cause_of("{\"a\":\n }"),
      "parse error at line 2, column 2: syntax error while parsing value - unexpected '}'; expected '[', '{', or a "
      "literal");
  EXPECT_EQ(
      cause_of("[1 2]"),
      "parse error at line 1, column 4: syntax error while parsing array - unexpected number literal; expected ']'");
  EXPECT_EQ(cause_of("{x"),
            "parse error at line 1, column 2: syntax error while parsing object key - invalid literal; last read: 'x'; "
            "expected string literal");
  EXPECT_EQ(cause_of("{} x"),
            "parse error at line 1, column 4: syntax error while parsing value - invalid literal; last read: 'x'; "
            "expected end of input");
  EXPECT_EQ(
      cause_of("\"ab"),
      "parse error at line 1, column 4: syntax error while parsing value - invalid string: missing closing quote; "
      "last read: '\"ab'");
  EXPECT_THAT(cause_of("\"a\nb\""), HasSubstr("a control character must be escaped; last read: '\"a<U+000A>'"));
  EXPECT_THAT(cause_of("[\"" + repeat("long ", 10'000) + "\xff\"]"),
              StartsWith("parse error at line 1, column 50003: "));
  EXPECT_LT(cause_of("[\"" + repeat("long ", 10'000) + "\xff\"]").size(), 300u);
}

TEST(ValueParse, AgreesWithNlohmannOverMutatedTexts) {
  std::mt19937_64 draw(7);
  RandomValues values(8);
  const std::string_view bytes = "{}[]\",:\\u0123456789eE+-.tfn \n\xc3\xe2\xf0\x80\xff";
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = print(values.tree(3));
    for (std::size_t i = draw() % 3; i > 0 && !text.empty(); --i) {
      const std::size_t at = draw() % text.size();
      switch (draw() % 3) {
        case 0:
          text[at] = bytes[draw() % bytes.size()];
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, 1, bytes[draw() % bytes.size()]);
      }
    }
    const auto value = parse_value(text);
    const auto json = parse_json(text);
    ASSERT_EQ(value.has_value(), json.has_value()) << text << (value ? "" : value.error().cause);
    if (!value) continue;
    ++accepted;
    const std::string printed = print(*value);
    ASSERT_EQ(printed.size(), value->text_bytes()) << text;
    ASSERT_EQ(reprint(printed), printed) << text;
    ASSERT_EQ(*parse_json(printed), *json) << text;
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace stepd
