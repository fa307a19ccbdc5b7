// What an expression asks of its surroundings, and how errors are shown.
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/jsonata/jsonata.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace stepd::jsonata {
namespace {

Expression compiled(std::string_view text, Dialect dialect = Dialect::StepFunctions) {
  auto result = Expression::compile(text, dialect);
  if (const auto* error = std::get_if<Error>(&result)) ADD_FAILURE() << text << ": " << error->text();
  return std::get<Expression>(std::move(result));
}

Error refused(std::string_view text) {
  auto result = Expression::compile(text, Dialect::StepFunctions);
  EXPECT_TRUE(std::holds_alternative<Error>(result)) << text;
  return std::get<Error>(std::move(result));
}

std::string variables_of(std::string_view text) {
  const Expression expression = compiled(text);
  std::string out;
  for (const VariablePath& path : expression.references().variables) {
    out += (out.empty() ? "" : " ") + path.variable.name;
    for (const std::string& name : path.names) out += "." + name;
  }
  return out;
}

std::string top_level_of(std::string_view text) {
  const Expression expression = compiled(text);
  std::string out;
  for (const Reference& reference : expression.references().top_level) {
    out += (out.empty() ? "" : " ") + reference.name;
  }
  return out;
}

TEST(JsonataReferences, FindsFreeVariablesWithTheNamesThatFollow) {
  EXPECT_EQ(variables_of("$states.input.a.b & $states.errorOutput"), "states.input.a.b states.errorOutput");
  EXPECT_EQ(variables_of("$states.input.items[qty>$least].sku"), "states.input.items.sku least");
  EXPECT_EQ(variables_of("$sum($x)"), "x");
  EXPECT_EQ(variables_of("($a := 1; $f := function($b) { $a + $b + $c }; $f(2))"), "c");
  EXPECT_EQ(variables_of("$states.input.o@$v#$i.{'v': $v, 'i': $i, 'w': $w}"), "states.input.o w");
  EXPECT_EQ(variables_of("$eval('1')"), "eval");
}

TEST(JsonataReferences, FindsWhatReadsTheContextAtTheTopLevel) {
  EXPECT_EQ(top_level_of("phone"), "phone");
  EXPECT_EQ(top_level_of("[phone, phone.home, mail]"), "phone mail");
  EXPECT_EQ(top_level_of("$states.input.items[phone = 1].mail^(name){id: x}"), "");
  EXPECT_EQ(top_level_of("$map($states.input, function($v) { $v.a + $ })"), "$");
  EXPECT_EQ(top_level_of("$states.input.a.($ + b)"), "");
  EXPECT_EQ(top_level_of("$states.input.a[$$.b]"), "$$");
  EXPECT_EQ(top_level_of("{'k': phone}"), "phone");
  EXPECT_EQ(top_level_of("$states.input ~> |a|{'b': c}|"), "");
  EXPECT_EQ(top_level_of("* & **"), "* **");
}

TEST(JsonataErrors, HaveTheSentencesThatAwsShows) {
  EXPECT_EQ(refused("a[1,2)").message, R"(Expected "]", got ",")");
  EXPECT_EQ(refused("\"unterminated").message, "String literal must be terminated by a matching quote");
  EXPECT_EQ(refused("1 +").message, "Unexpected end of expression");
  EXPECT_EQ(refused("$x :=").message, "Unexpected end of expression");
  EXPECT_EQ(refused("{\"a\":}").message, "The symbol \"}\" cannot be used as a unary operator");
  EXPECT_EQ(refused("$match(\"a\", /abc").message, "No terminating / in regular expression");
  const Outcome outcome = evaluate(compiled("$sum(['1'])"), std::nullopt, {}, {}, Bounds::of_step_functions());
  EXPECT_EQ(outcome.error.text(), "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\"");
}

TEST(JsonataErrors, TellPositionsInUnitsAndBytes) {
  const Error error = refused("'ä😀' 2");
  EXPECT_EQ(error.code, "S0201");
  EXPECT_EQ(error.position, 7U);
  EXPECT_EQ(error.byte_position, 10U);
  EXPECT_EQ(refused("a ?? b").hint, "the operators ?? and ?: are not part of JSONata 2.0");
}

TEST(JsonataErrors, AreShownWithACaretBelowTheToken) {
  EXPECT_EQ(show_position("a.1", 3), "a.1\n  ^\n");
  EXPECT_EQ(show_position("a\n+ b c", 7), "+ b c\n    ^\n");
  EXPECT_EQ(show_position("", 0), "\n^\n");
  const std::string cut = show_position(std::string(200, 'x') + "!" + std::string(200, 'y'), 201);
  EXPECT_EQ(cut.substr(0, 5), "...xx");
  EXPECT_LT(cut.size(), 250U);
}

TEST(JsonataExpression, IsEvaluatedByManyThreadsAtOnce) {
  const Expression expression = compiled("$map($in.items, function($v) { $v.n * 2 })[$ > 2].{'s': $string($)}");
  const Value input = parse_value(R"({"items":[{"n":1},{"n":2},{"n":3}]})").value();
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const Binding binding{"in", input};
        result = print(evaluate(expression, std::nullopt, {&binding, 1}, {}, Bounds()).value);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, R"([{"s":"4"},{"s":"6"}])");
}

TEST(JsonataValues, AreSharedAndNotCopied) {
  const Value input = parse_value(R"({"big":{"a":[1,2,3],"b":"text"}})").value();
  const Outcome outcome = evaluate(compiled("big", Dialect::Standard), input, {}, {}, Bounds());
  EXPECT_TRUE(outcome.value.same(*input.find("big")));
  const Outcome within = evaluate(compiled("{'x': [big, big]}", Dialect::Standard), input, {}, {}, Bounds());
  EXPECT_TRUE((*within.value.find("x"))[1].same(*input.find("big")));
}

TEST(JsonataValues, KeepTheDigitsThatNothingIsComputedWith) {
  const Value input = parse_value(R"({"long":12345678901234567890123,"same":1.50,"sum":0.1})").value();
  EXPECT_EQ(print(evaluate(compiled("[long, same]", Dialect::Standard), input, {}, {}, Bounds()).value),
            "[12345678901234567890123,1.50]");
  EXPECT_EQ(print(evaluate(compiled("sum + 0.2", Dialect::Standard), input, {}, {}, Bounds()).value),
            "0.30000000000000004");
  EXPECT_EQ(print(evaluate(compiled("[1.0, 2e2, 1e21, 4/2]", Dialect::Standard), input, {}, {}, Bounds()).value),
            "[1,200,1e+21,2]");
}

TEST(JsonataValues, ThatJsonDoesNotHaveAreNamed) {
  const auto run = [](const char* text) { return evaluate(compiled(text), std::nullopt, {}, {}, Bounds()); };
  EXPECT_EQ(print(run("[1/0, -1/0]").value), R"(["Infinity","-Infinity"])");
  EXPECT_EQ(print(run("{'k': 1/0}").value), R"({"k":"Infinity"})");
  EXPECT_EQ(run("1/0").kind, Outcome::Kind::NotFinite);
  EXPECT_EQ(run("$sum").kind, Outcome::Kind::Function);
  EXPECT_EQ(run("$parseInteger('x','w')").kind, Outcome::Kind::NotFinite);
}

TEST(JsonataChance, FollowsTheSeed) {
  const auto run = [](std::uint64_t seed) {
    return print(evaluate(compiled("[$random(), $uuid(), $random()]"), std::nullopt, {}, {0, seed}, Bounds()).value);
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace stepd::jsonata
