// Attributes of items: numbers with all their digits, equality and order, sizes, and their plain JSON.
#include "base/attribute/attribute.h"
#include "base/attribute/plain_attribute.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

ExactNumber number(std::string_view text) {
  const auto read = ExactNumber::parse(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(ExactNumber());
}

TEST(ExactNumber, PrintsWithoutWhatDoesNotCount) {
  const std::pair<const char*, const char*> kCases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"0.000", "0"},
      {"+3", "3"},
      {".5", "0.5"},
      {"0001.2", "1.2"},
      {"1.50e1", "15"},
      {"15E+1", "150"},
      {"1e-3", "0.001"},
      {"-120.30", "-120.3"},
      {"1e20", "100000000000000000000"},
      {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
      {"0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"}};
  for (const auto& [given, shown] : kCases) EXPECT_EQ(number(given).text(), shown) << given;
  EXPECT_EQ(number("1e125").text().size(), 126u);
  EXPECT_EQ(number("1e125").json_text(), "1e125");
  EXPECT_EQ(number("1e1000000").text(), "1e1000000") << "zeros have an end";
}

TEST(ExactNumber, RefusesWhatIsNone) {
  for (const char* text : {"", ".", "-", "1.2.3", "+e2", "e2", "1e", "1e+", "1e+-2", "NaN", "Infinity", " 1", "1 ",
                           "0x1", "1e99999999999999999999"}) {
    EXPECT_FALSE(ExactNumber::parse(text)) << text;
  }
}

TEST(ExactNumber, ComparesByValue) {
  const char* kAscending[] = {"-1e30", "-12",  "-1.5", "-1",  "-0.1", "-1e-30", "0",  "1e-30",
                              "0.1",   "0.11", "1",    "1.5", "9",    "10",     "12", "1e30"};
  for (std::size_t i = 1; i < std::size(kAscending); ++i)
    EXPECT_LT(number(kAscending[i - 1]), number(kAscending[i])) << kAscending[i];
  EXPECT_EQ(number("1.0"), number("1"));
  EXPECT_EQ(number("12345678901234567890123456789012345678") <=> number("12345678901234567890123456789012345679"),
            std::strong_ordering::less);
}

TEST(ExactNumber, AddsExactly) {
  EXPECT_EQ(sum(number("0.1"), number("0.2"))->text(), "0.3");
  EXPECT_EQ(sum(number("1"), number("-1"))->text(), "0");
  EXPECT_EQ(sum(number("99999999999999999999999999999999999999"), number("1"))->text(),
            "100000000000000000000000000000000000000");
  EXPECT_EQ(sum(number("-5"), number("2.5"))->text(), "-2.5");
  EXPECT_EQ(sum(number("1e50"), number("1"))->digits().size(), 51u);
  EXPECT_FALSE(sum(number("1e2000"), number("1")));
}

TEST(AttributeMap, KeepsTheOrderOfAddingAndTheLastOfEqualNames) {
  AttributeMap map{{"b", Attribute::number(1)}, {"a", Attribute::number(2)}, {"b", Attribute::number(3)}};
  map.set("0", Attribute::number(4));
  map.set("a", Attribute::number(5));
  std::string order;
  for (const auto* member : map.in_order()) order += member->name + member->value.as<ExactNumber>()->text() + " ";
  EXPECT_EQ(order, "b3 a5 04 ");
  EXPECT_TRUE(map.erase("a"));
  EXPECT_FALSE(map.erase("a"));
  EXPECT_EQ(map.size(), 2u);
}

TEST(Attribute, IsEqualWhateverTheOrderOfMembers) {
  const auto read = [](const char* text) { return from_plain(*parse_value(text)); };
  EXPECT_EQ(read(R"({"a": 1, "b": [1.0]})"), read(R"({"b": [1], "a": 1})"));
  EXPECT_EQ(read(R"({"$SS": ["a", "b"]})"), read(R"({"$SS": ["b", "a"]})"));
  EXPECT_NE(read(R"({"$SS": ["a"]})"), read(R"(["a"])"));
  EXPECT_NE(read("1"), read("\"1\""));
  EXPECT_NE(read("[1, 2]"), read("[2, 1]"));
}

TEST(PlainAttribute, KeepsEveryType) {
  for (const char* text :
       {R"("text")", "1", "-1.5", "12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678",
        "1e125", "true", "null", "[]", "{}", R"([1,"x",[null]])", R"({"a":{"b":false}})", R"({"$B":"AP8="})",
        R"({"$SS":["a","b"]})", R"({"$NS":[1,2.5]})", R"({"$BS":["AA==","AQ=="]})"}) {
    EXPECT_EQ(print(to_plain(from_plain(*parse_value(text)))), text);
  }
  EXPECT_EQ(from_plain(*parse_value(R"({"$B":"AP8="})")).type(), AttributeType::Bytes);
}

TEST(PlainAttribute, TellsMapsFromWhatLooksLikeThem) {
  const Attribute map(Attribute::Form(AttributeMap{{"$B", Attribute::text("AP8=")}}));
  EXPECT_EQ(print(to_plain(map)), R"({"$M":{"$B":"AP8="}})");
  EXPECT_EQ(from_plain(to_plain(map)), map);
  // What no set or byte string can be is an ordinary map, and stays as it was written.
  for (const char* text : {R"({"$B":"no base64!"})", R"({"$B":5})", R"({"$SS":[]})", R"({"$SS":["a","a"]})",
                           R"({"$NS":[1,1.0]})", R"({"$M":1})", R"({"$X":1})", R"({"$B":"AA==","more":1})"}) {
    const auto read = from_plain(*parse_value(text));
    EXPECT_EQ(read.type(), AttributeType::Map) << text;
    EXPECT_EQ(from_plain(to_plain(read)), read) << text;
  }
  EXPECT_EQ(print(to_plain(from_plain(*parse_value(R"({"$B":"no base64!"})")))), R"({"$B":"no base64!"})");
  EXPECT_EQ(parse_item(R"({"$B":"AA=="})")->size(), 1u) << "an item is an item, whatever its attributes are named";
}

TEST(Attribute, HasTheSizeThatDynamoDbCounts) {
  const std::pair<const char*, std::size_t> kSizes[] = {{R"("abc")", 3},
                                                        {R"("\u00e9")", 2},
                                                        {"true", 1},
                                                        {"null", 1},
                                                        {"0", 2},
                                                        {"1", 2},
                                                        {"12", 2},
                                                        {"123", 3},
                                                        {"-123", 4},
                                                        {"1.5", 3},
                                                        {"100", 2},
                                                        {"0.001", 2},
                                                        {"[]", 3},
                                                        {"[1]", 6},
                                                        {R"({"a":"b"})", 6},
                                                        {R"({"$B":"AP8="})", 2},
                                                        {R"({"$SS":["a","bc"]})", 3},
                                                        {R"({"$NS":[1,20]})", 4}};
  for (const auto& [text, size] : kSizes) EXPECT_EQ(size_of_attribute(from_plain(*parse_value(text))), size) << text;
  EXPECT_EQ(size_of_item(*parse_item(R"({"id":"x","n":1})")), 2u + 1 + 1 + 2);
}

}  // namespace
}  // namespace stepd::test
