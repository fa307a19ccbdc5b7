// Values to nlohmann's Json and back.
#include "base/value/json_border.h"

#include "base/payload.h"
#include "value_samples.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace stepd {
namespace {

TEST(JsonBorder, AnswersWhatNlohmannReadsFromTheSameText) {
  for (const char* text : {"null",
                           "true",
                           "0",
                           "-0",
                           "-1",
                           "1",
                           "9223372036854775807",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551615",
                           "18446744073709551616",
                           "100000000000000000000",
                           "1.0",
                           "1e2",
                           "0.10",
                           "1e-400",
                           "\"\\u0000ü\"",
                           "[]",
                           "{}",
                           R"({"b":[1,{"a":null}],"a name of more than fifteen bytes":"text"})"}) {
    const Json json = to_json(value_of(text));
    EXPECT_EQ(json, *parse_json(text)) << text;
    EXPECT_EQ(json.type(), parse_json(text)->type()) << text;
    EXPECT_EQ(print_json(json), print_json(*parse_json(text))) << text;
  }
}

TEST(JsonBorder, OfRandomTreesTheWayThereAndBackLeadsToAnEqualJson) {
  RandomValues values(4);
  for (int round = 0; round < 1'000; ++round) {
    const Value value = values.tree(5);
    const Json json = to_json(value);
    ASSERT_EQ(json, *parse_json(print(value))) << print(value);
    ASSERT_EQ(to_json(from_json(json)), json) << print(value);
    // nlohmann's last digit of a double is not always the nearest one.
    ASSERT_EQ(*parse_json(print(from_json(json))), json) << print(value);
  }
}

TEST(JsonBorder, IntegersOfAnySizeKeepTheirDigits) {
  const std::string text = R"({"id":76561198000000000123,"deep":[-123456789012345678901234567890,1,"2"]})";
  EXPECT_EQ(print_json(*parse_json(text)), text);
  EXPECT_EQ(print_json(to_json(value_of(text))), text);
  EXPECT_EQ(print(from_json(*parse_json(text))), text);
  EXPECT_NE(*parse_json("76561198000000000123"), *parse_json("76561198000000000124"));
  EXPECT_FALSE(parse_json("76561198000000000123")->is_number()) << "it would be a double";
  EXPECT_TRUE(parse_json("76561198000000000123.0")->is_number_float()) << "a decimal is a double";
}

TEST(JsonBorder, KeepsToTheLimitsOfItsBudget) {
  const Json json = {{"a", {1, 2, 3}}, {"b", "text"}};
  const auto limit_of_copy = [&](Budget budget) {
    const auto value = from_json(json, budget);
    EXPECT_EQ(value.has_value(), budget.reached == Limit::None);
    return budget.reached;
  };
  EXPECT_EQ(limit_of_copy({}), Limit::None);
  EXPECT_EQ(limit_of_copy({.bytes = 23}), Limit::Bytes);
  EXPECT_EQ(limit_of_copy({.depth = 1}), Limit::Depth);
  EXPECT_EQ(limit_of_copy({.nodes = 5}), Limit::Nodes);
  EXPECT_EQ(limit_of_copy({.fresh = 50}), Limit::Fresh);
}

TEST(JsonBorder, DoesNotFollowAHostileDepth) {
  Json json = 1;
  for (int i = 0; i < 5'000; ++i) json = Json::array({std::move(json)});
  Budget budget;
  EXPECT_EQ(from_json(json, budget).error().cause, "JSON is nested more than 1000 levels deep");
  EXPECT_THROW(from_json(json), std::length_error);
  EXPECT_EQ(to_json(value_of(nested_arrays(1'000))), *parse_json(nested_arrays(1'000)));
}

TEST(JsonBorder, TakesNullForWhatJsonDoesNotHave) {
  EXPECT_EQ(print(from_json(Json(std::numeric_limits<double>::infinity()))), "null");
  EXPECT_EQ(print(from_json(Json::binary({1, 2}))), "null");
}

}  // namespace
}  // namespace stepd
