// Payloads and the JSON they hold.
#include "base/payload.h"

#include "base/limits.h"
#include "base/value/print.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

namespace stepd {
namespace {

TEST(Payload, KeepsTheVeryTextItWasMadeFrom) {
  const auto payload = Payload::parse(R"( { "b" : 1.50, "a": [ ] } )");
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->text(), R"( { "b" : 1.50, "a": [ ] } )");
  EXPECT_EQ(print(payload->value()), R"({"b":1.50,"a":[]})");
}

TEST(Payload, IsReadByManyThreadsAtOnce) {
  const auto payload = Payload::trusted(R"({"a":[1,2,3]})");
  std::vector<std::jthread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([payload] { EXPECT_EQ(payload.json()["a"][2], 3); });
  }
}

TEST(ParseJson, AnswersWhatNlohmannAnswers) {
  for (const char* text : {"null", "true", "-0", "18446744073709551615", "-9223372036854775808", "1e3", "\"\\u00e9\"",
                           "[]", "{}", R"([{"a":[{"b":{}}]},[[]],"x"])", R"({"z":1,"a":{"y":[null,false]}})"}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->dump(), Json::parse(text).dump());
    EXPECT_EQ(parsed->type(), Json::parse(text).type());
  }
}

TEST(ParseJson, OfARepeatedKeyTheLastValueCounts) {
  EXPECT_EQ(parse_json(R"({"a":1,"b":2,"a":3,"c":{"x":1,"x":[2]}})")->dump(), R"({"a":3,"b":2,"c":{"x":[2]}})");
}

TEST(ParseJson, SaysWhereItIsWrong) {
  EXPECT_NE(parse_json("{\"a\":\n tru}").error().cause.find("line 2"), std::string::npos);
  EXPECT_FALSE(parse_json("").has_value());
  EXPECT_FALSE(parse_json("1 2").has_value());
  EXPECT_FALSE(parse_json("\"\xff\"").has_value());
  EXPECT_FALSE(parse_json("\"\\ud800\"").has_value());
  EXPECT_FALSE(parse_json("1e999").has_value());
  // nlohmann takes both.
  EXPECT_EQ(parse_json("\xEF\xBB\xBF{}").error().cause,
            "parse error at line 1, column 1: a byte order mark is no JSON");
  EXPECT_EQ(parse_json(std::string_view("{\n} \0 x", 7)).error().cause,
            "parse error at line 2, column 3: a NUL byte is no JSON");
  EXPECT_FALSE(parse_json(std::string_view("{}\0", 3)).has_value());
  EXPECT_FALSE(parse_json(std::string_view("\"a\0b\"", 5)).has_value());
  EXPECT_EQ(parse_json("\"\\u0000\"")->get<std::string>(), std::string(1, '\0')) << "escaped it is a character";
}

TEST(ParseJson, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_TRUE(parse_json(nested(limits::kJsonDepth)).has_value());
  EXPECT_FALSE(parse_json(nested(limits::kJsonDepth + 1)).has_value());
  EXPECT_FALSE(parse_json(nested(1'000'000)).has_value());
}

TEST(ParseJson, ReadsAnObjectOfManyMembers) {
  // With a look-up per member this is ten thousand million comparisons, and the test's time limit shows it.
  std::string text = "{";
  for (int i = 0; i < 150'000; ++i) text += "\"member-" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  text += "\"member-7\":\"again\"}";
  const auto parsed = parse_json(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->size(), 150'000u);
  EXPECT_EQ(parsed->at("member-7"), "again");
}

TEST(PrintJson, ReplacesWhatIsNoUtf8) { EXPECT_EQ(print_json(Json("a\xff")), "\"a\xEF\xBF\xBD\""); }

}  // namespace
}  // namespace stepd
