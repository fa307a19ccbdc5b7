// Input that means harm: deep, long, broken and expensive. Each costs a bounded amount of work and a clear error.
#include "engine/asl/choice_operators.h"
#include "engine/asl/definition.h"
#include "engine/asl/expression.h"
#include "engine/asl/path.h"
#include "engine/asl/path_budget.h"
#include "engine/asl/source.h"
#include "engine/core/compile.h"
#include "support.h"

#include <random>
#include <string>
#include <vector>

namespace stepd::asl::test {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(HostileSource, json_nested_ten_thousand_deep_is_refused) {
  const auto source = Source::read(std::string(10'000, '[') + std::string(10'000, ']'), Format::Json);
  ASSERT_FALSE(source.has_value());
  EXPECT_THAT(source.error().cause, ::testing::HasSubstr("line 1, column 1001: nested more than 1000 levels deep"));
}

TEST(HostileSource, json_nested_a_thousand_deep_is_read) {
  EXPECT_TRUE(Source::read(std::string(1'000, '[') + std::string(1'000, ']'), Format::Json).has_value());
}

TEST(HostileSource, yaml_nested_ten_thousand_deep_is_refused) {
  EXPECT_FALSE(Source::read(std::string(10'000, '[') + std::string(10'000, ']'), Format::Yaml).has_value());
  EXPECT_FALSE(Source::read(repeated("- ", 10'000), Format::Yaml).has_value());
}

TEST(HostileSource, yaml_aliases_cannot_multiply_beyond_a_definition) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto previous = "*a" + std::to_string(i - 1);
    bomb +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(previous + ", ", 9) + previous + "]\n";
  }
  const auto source = Source::read(bomb, Format::Yaml);
  ASSERT_FALSE(source.has_value());
  EXPECT_THAT(source.error().cause, ::testing::HasSubstr("aliases make the definition longer than 1048576 bytes"));
}

TEST(HostileSource, more_than_a_mebibyte_is_refused_and_a_mebibyte_is_not) {
  const auto of_size = [](std::size_t bytes) { return "\"" + std::string(bytes - 2, 'a') + "\""; };
  EXPECT_TRUE(Source::read(of_size(1'048'576), Format::Json).has_value());
  const auto source = Source::read(of_size(1'048'577), Format::Json);
  ASSERT_FALSE(source.has_value());
  EXPECT_THAT(source.error().cause, ::testing::HasSubstr("1048577 bytes"));
}

TEST(HostileSource, invalid_utf8_is_refused_in_json) {
  for (const auto* bad : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xf5\x80\x80\x80\"", "{\"\xc0\xaf\": 1}"}) {
    EXPECT_FALSE(Source::read(bad, Format::Json).has_value()) << bad;
  }
}

/// Long keys over deep nesting: with a full pointer per value this took gigabytes.
TEST(HostileSource, places_do_not_grow_with_the_depth) {
  std::string text;
  const std::string key(1'000, 'k');
  for (int i = 0; i < 500; ++i) text += "{\"" + key + "\":";
  text += "[" + repeated("1,", 200'000) + "1]" + std::string(500, '}');
  ASSERT_LT(text.size(), 1'048'576u);
  const auto source = Source::read(text, Format::Json);
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(source->position_of("/" + key).column, 2);
}

TEST(HostileSource, an_object_of_a_hundred_thousand_members_is_read_in_linear_time) {
  std::string text = "{";
  for (int i = 0; i < 80'000; ++i) text += "\"" + std::to_string(i) + "\":1,";
  text += "\"z\":2}";
  const auto source = Source::read(text, Format::Json);
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(source->value().size(), 80'001u);
}

TEST(HostileDefinition, two_hundred_nested_workflows_are_the_limit) {
  const auto nested = [](int depth) {
    std::string text = R"({"StartAt":"s","States":{"s":{"Type":"Succeed"}}})";
    for (int i = 0; i < depth; ++i) {
      const auto name = "s" + std::to_string(i);
      text = R"({"StartAt":")" + name + R"(","States":{")" + name + R"(":{"Type":"Parallel","Branches":[)" + text +
             R"(],"End":true}}})";
    }
    return core::compile_text(std::string_view(text));
  };
  EXPECT_TRUE(nested(200).diagnostics.empty());
  const auto refused = nested(201);
  ASSERT_EQ(refused.diagnostics.size(), 1u);
  EXPECT_EQ(refused.diagnostics[0].message, "Workflows are nested more than 200 levels deep");
}

TEST(HostileDefinition, ten_thousand_states_compile) {
  std::string text = R"({"StartAt":"s0","States":{)";
  for (int i = 0; i < 10'000; ++i) {
    text += "\"s" + std::to_string(i) + R"(":{"Type":"Pass","Next":"s)" + std::to_string(i + 1) + "\"},";
  }
  text += R"("s10000":{"Type":"Succeed"}}})";
  const auto compiled = core::compile_text(std::string_view(text));
  ASSERT_NE(compiled.definition, nullptr);
  EXPECT_EQ(compiled.definition->by_name.size(), 10'001u);
}

Json input_of_256_kib() {
  Json list = Json::array();
  for (int i = 0; print_json(list).size() < 262'144 - 16 && i < 20'000; i += 500) {
    for (int j = 0; j < 500; ++j) list.push_back({{"a", j}});
  }
  return list;
}

TEST(HostilePath, every_expensive_path_ends_with_its_budget) {
  Json deep = 1;
  for (int i = 0; i < 900; ++i) deep = Json{{"a", std::move(deep)}};
  const Json wide = input_of_256_kib();
  const Json texts = {std::string(250'000, 'x'), 1};
  const Json alike = Json::array_t(2'000, std::string(60, 'a'));
  const std::vector<std::pair<std::string, const Json*>> hostile{
      {"$..*..*..*..*", &deep},
      {"$..*..*", &deep},
      {"$..[?($..[?($..[?(@.a)])])]", &wide},
      {"$[?($..a)]", &wide},
      {"$[?(@ == $)][?($..[?(@.a > 3)])]", &wide},
      {"$[*][?($[*])]", &wide},
      {"$[" + repeated("0,", 100'000) + "0]", &texts},
      {"$[" + repeated("0,", 100'000) + "0][?(@ == $[0])]", &texts},
      {"$[?(@ =~ /(a|a|a)*(a|a)*b/)]", &alike},
      {"$..[*]" + repeated("..[*]", 50), &wide},
  };
  for (const auto& [text, input] : hostile) {
    const auto path = Path::parse(text);
    ASSERT_TRUE(path.has_value()) << text.substr(0, 60);
    PathBudget budget;
    Budget memory;
    memory.bytes = limits::kEvaluationBytes;
    const auto selected = select_within(*path, from_json(*input), budget, memory);
    if (selected.has_value() || memory.reached == Limit::Bytes) continue;  // cheap after all, or too large
    EXPECT_TRUE(budget.exhausted()) << text.substr(0, 60);
    EXPECT_THAT(selected.error().cause, ::testing::HasSubstr("takes more than 1000000 steps")) << text.substr(0, 60);
  }
}

TEST(HostilePath, the_budget_is_what_stops_a_filter_over_everything) {
  PathBudget budget(10'000);
  const auto path = Path::parse("$[?($..a)]");
  Budget memory;
  EXPECT_FALSE(select_within(*path, from_json(input_of_256_kib()), budget, memory).has_value());
  EXPECT_TRUE(budget.exhausted());
}

TEST(HostilePath, an_ordinary_path_over_a_full_input_spends_little) {
  PathBudget budget;
  const auto path = Path::parse("$[?(@.a > 100)].a");
  Budget memory;
  ASSERT_TRUE(select_within(*path, from_json(input_of_256_kib()), budget, memory).has_value());
  EXPECT_GT(budget.left(), PathBudget::kSteps / 2);
}

TEST(HostilePath, a_field_that_costs_too_much_says_so) {
  Json deep = 1;
  for (int i = 0; i < 900; ++i) deep = Json{{"a", std::move(deep)}};
  const auto value = Expression::parse("$..*..*", "x.$")->evaluate(FixedScope(deep));
  ASSERT_FALSE(value.has_value());
  EXPECT_THAT(value.error().cause, ::testing::HasSubstr("takes more than 1000000 steps"));
}

TEST(HostilePath, deep_parentheses_and_negations_in_a_filter_are_refused) {
  EXPECT_FALSE(Path::parse("$[?(" + std::string(100'000, '(') + "@.a" + std::string(100'000, ')') + ")]").has_value());
  EXPECT_FALSE(Path::parse("$[?(" + std::string(100'000, '!') + "@.a)]").has_value());
  std::string nested = "@.a";
  for (int i = 0; i < 2'000; ++i) nested = "@[?(" + nested + ")]";
  EXPECT_FALSE(Path::parse("$[?(" + nested + ")]").has_value());
}

TEST(HostileChoice, a_pattern_of_many_pieces_over_a_long_text_is_linear) {
  for (const auto& op : choice_operators()) {
    if (op.name != "StringMatches") continue;
    EXPECT_FALSE(
        op.holds(Value::string(std::string(250'000, 'a')), Value::string("*" + std::string(100'000, 'a') + "b*")));
    EXPECT_FALSE(op.holds(Value::string(std::string(250'000, 'a')), Value::string(repeated("*a", 100'000) + "b")));
  }
}

/// Values of every kind, of names and texts that occur in definitions.
class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : engine_(seed) {}
  Json value(int depth) {
    switch (engine_() % (depth > 4 ? 5 : 7)) {
      case 0:
        return Json();
      case 1:
        return Json(engine_() % 2 == 0);
      case 2:
        return Json(static_cast<std::int64_t>(engine_()));
      case 3:
        return Json(static_cast<double>(engine_() % 100'000) / 64.0);
      case 4:
        return Json(text());
      case 5: {
        Json list = Json::array();
        for (auto n = engine_() % 5; n > 0; --n) list.push_back(value(depth + 1));
        return list;
      }
      default: {
        Json object = Json::object();
        for (auto n = engine_() % 5; n > 0; --n) object[text()] = value(depth + 1);
        return object;
      }
    }
  }
  std::string text() {
    static const std::vector<std::string> kTexts{"a",     "x.$",  "$.a", "größe", "",    "q\"u\\o",
                                                 "a/b~c", "true", "1.5", "\n",    "${A}"};
    return kTexts[engine_() % kTexts.size()];
  }

 private:
  std::mt19937_64 engine_;
};

TEST(Sources, what_is_printed_is_read_again_unchanged) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const auto text = print_json(RandomJson(seed).value(0));
    for (const auto format : {Format::Json, Format::Yaml}) {
      const auto read = Source::read(text, format);
      ASSERT_TRUE(read.has_value()) << "seed " << seed << ": " << read.error().cause;
      ASSERT_EQ(print_json(read->value()), text) << "seed " << seed;
    }
  }
}

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> all{
      R"json({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"f","Parameters":{"x.$":"States.Format('{}',$.a[?(@.b=='c')])"},
  "Retry" : [ {"ErrorEquals" : ["States.ALL"], "BackoffRate" : 1.5} ],
  "Catch" : [ {"ErrorEquals" : ["E"], "Next" : "B"} ],
  "Next" : "B"
},
    "B" : {
      "Type" : "Choice",
      "Choices" : [ {
        "And" : [ {"Variable" : "$.a", "StringMatches" : "a*"}, {"Not" : {"Variable" : "$$.b", "IsPresent" : true}} ],
        "Next" : "C"
      } ],
      "Default" : "C"
    },
          "C" : {
  "Type" : "Map",
           "ItemsPath" : "$..x",
                         "ItemProcessor"
      : {"StartAt" : "D", "States" : {"D" : {"Type" : "Wait", "SecondsPath" : "$.s", "End" : true}}},
        "ResultPath" : "$.r",
                       "End" : true
}
}
})",
      R"json({"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[{"StartAt":"F","States":{"F":{"Type":"Fail","ErrorPath":"$.e","Cause":"c"}}}],"Assign":{"v.$":"$v[1:2]"},"End":true}}})json",
  };
  return all;
}

std::string mutated(std::string text, std::mt19937_64& engine) {
  static constexpr std::string_view kBytes = "{}[]\",:.$'\\@?()*0123456789-eE&|!=<> \n\xff\xc3";
  for (auto n = 1 + engine() % 8; n > 0 && !text.empty(); --n) {
    const auto at = engine() % text.size();
    switch (engine() % 4) {
      case 0:
        text[at] = kBytes[engine() % kBytes.size()];
        break;
      case 1:
        text.erase(at, 1 + engine() % 6);
        break;
      case 2:
        text.insert(at, 1, kBytes[engine() % kBytes.size()]);
        break;
      default:
        text.insert(at, text.substr(engine() % text.size(), engine() % 40));
    }
  }
  return text;
}

TEST(Mutations, no_definition_path_or_call_crashes) {
  std::mt19937_64 engine(20261121);
  const FixedScope scope(Json{{"a", Json::array({Json{{"b", "c"}}, 1, "x"})}, {"s", 5}});
  const std::vector<std::string> expressions{
      "$.a[?(@.b == 'c' && !(@.d in [1,'x']))]..x[-1:2]['p','q'].length()",
      "States.Array(States.Base64Decode('YWI='), States.StringSplit('a,b', ','), $.a[*], -1.5)",
      "States.ArrayRange(1, 9, States.MathAdd($.s, -4))"};
  int refused = 0;
  for (int i = 0; i < 1'500; ++i) {
    const auto text = mutated(seeds()[engine() % seeds().size()], engine);
    refused += core::compile_text(std::string_view(text)).definition == nullptr ? 1 : 0;
    if (const auto yaml = Source::read(text, Format::Yaml)) (void)core::compile(yaml->value());
    const auto expression = Expression::parse(mutated(expressions[engine() % expressions.size()], engine), "x.$");
    if (expression) (void)expression->evaluate(scope);
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace stepd::asl::test
