// Bounds of evaluations: AWS's, as they were measured, and what keeps hostile expressions from harm.
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/jsonata/jsonata.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace stepd::jsonata {
namespace {

std::string repeat(std::string_view part, std::size_t count, std::string_view between = "") {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.append(i == 0 ? "" : between).append(part);
  return out;
}

Outcome run(const std::string& text, const Bounds& bounds, Dialect dialect = Dialect::StepFunctions) {
  const auto compiled = Expression::compile(text, dialect);
  if (const auto* error = std::get_if<Error>(&compiled)) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::Failed;
    outcome.error = *error;
    return outcome;
  }
  return evaluate(std::get<Expression>(compiled), std::nullopt, {}, Environment{}, bounds);
}

Bound bound_of(const std::string& text, const Bounds& bounds = Bounds::of_step_functions()) {
  return run(text, bounds).error.bound;
}

TEST(JsonataDepth, CountsNestedNodesAsAwsWasMeasured) {
  const auto fits = [](const std::string& text) {
    const Outcome outcome = run(text, Bounds::of_step_functions());
    EXPECT_TRUE(outcome.kind != Outcome::Kind::Failed || outcome.error.bound == Bound::Depth) << outcome.error.text();
    return outcome.kind != Outcome::Kind::Failed;
  };
  const auto sum = [](std::size_t n) { return repeat("1", n, "+"); };
  const auto text = [](std::size_t n) { return repeat("$x", n, "&"); };
  const auto parentheses = [](std::size_t n) { return repeat("(", n) + "1" + repeat(")", n); };
  const auto arrays = [](std::size_t n) { return repeat("[", n) + "1" + repeat("]", n); };
  const auto objects = [](std::size_t n) { return repeat("{'a':", n) + "1" + repeat("}", n); };
  const auto calls = [](std::size_t n) {
    return "($f:=function($x){$x};" + repeat("$f(", n) + "1" + repeat(")", n) + ")";
  };
  const auto factorial = [](std::size_t n) {
    return "($f:=function($n){$n<=1?1:$n*$f($n-1)};$f(" + std::to_string(n) + "))";
  };
  const auto count = [](std::size_t n) {
    return "($f:=function($n){$n=0?0:1+$f($n-1)};$f(" + std::to_string(n) + "))";
  };
  EXPECT_TRUE(fits(sum(100)));
  EXPECT_FALSE(fits(sum(101)));
  EXPECT_TRUE(fits(text(100)));
  EXPECT_FALSE(fits(text(101)));
  EXPECT_TRUE(fits(parentheses(99)));
  EXPECT_FALSE(fits(parentheses(100)));
  EXPECT_TRUE(fits(arrays(99)));
  EXPECT_FALSE(fits(arrays(100)));
  EXPECT_TRUE(fits(objects(99)));
  EXPECT_FALSE(fits(objects(100)));
  EXPECT_TRUE(fits(calls(98)));
  EXPECT_FALSE(fits(calls(99)));
  EXPECT_TRUE(fits(factorial(32)));
  EXPECT_FALSE(fits(factorial(33)));
  EXPECT_TRUE(fits(count(31)));
  EXPECT_FALSE(fits(count(32)));
}

TEST(JsonataDepth, DoesNotGrowWithTailCallsStepsAndStatements) {
  const Bounds bounds = Bounds::of_step_functions();
  EXPECT_EQ(bound_of("($f:=function($n){$n=0?'done':$f($n-1)};$f(20000))", bounds), Bound::None);
  EXPECT_EQ(bound_of("{'a':1}" + repeat(".a", 300), bounds), Bound::None);
  EXPECT_EQ(bound_of("[1]" + repeat("[0]", 300), bounds), Bound::None);
  EXPECT_EQ(bound_of("(" + repeat("1", 300, ";") + ")", bounds), Bound::None);
}

TEST(JsonataDepth, TellsTheLimitInAwsWords) {
  EXPECT_EQ(run(repeat("1", 200, "+"), Bounds::of_step_functions()).error.text(),
            "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as "
            "tail-recursive. Depth=101 max=100");
}

TEST(JsonataMemory, IsChargedAsAwsWasMeasured) {
  EXPECT_EQ(bound_of("$count([1..873782])"), Bound::None);
  EXPECT_EQ(bound_of("[1..873782]"), Bound::None);
  EXPECT_EQ(bound_of("[1..873783]"), Bound::Memory);
  EXPECT_EQ(bound_of("[1..900000] ~> $count()"), Bound::Memory);
  EXPECT_EQ(bound_of("$sum([1..900000])"), Bound::Memory);
  EXPECT_EQ(bound_of("$count($range(1,200000,1))"), Bound::None);
  EXPECT_EQ(bound_of("$range(1,360145,1)"), Bound::None);
  EXPECT_EQ(bound_of("$range(1,360146,1)"), Bound::Memory);
  EXPECT_EQ(bound_of("$length($pad('a', 4194304))"), Bound::None);
  EXPECT_EQ(bound_of("$length($pad('a', 8388608))"), Bound::Memory);
  EXPECT_EQ(run("[1..900000]", Bounds::of_step_functions()).error.text(),
            "Expression evaluation memory limit exceeded: Check for excessive memory usage");
}

TEST(JsonataMemory, IsGivenBackWhenValuesGo) {
  EXPECT_EQ(bound_of("$sum([1..30].($count([1..50000])))"), Bound::None);
  EXPECT_EQ(bound_of("($f:=function($n){($a:=[1..50000];$n=0?0:$f($n-1))};$f(30))"), Bound::None);
}

TEST(JsonataSafety, HostileExpressionsEndInOneError) {
  Bounds bounds;
  bounds.steps = 400'000;
  bounds.memory = 32 << 20;
  const auto ends = [&](const std::string& text, Bound expected) {
    for (const auto dialect : {Dialect::Standard, Dialect::StepFunctions}) {
      EXPECT_EQ(run(text, bounds, dialect).error.bound, expected) << text.substr(0, 100);
    }
  };
  ends("($f:=function(){$f()};$f())", Bound::Steps);
  ends("($f:=function($n){$n+$f($n)};$f(1))", Bound::Depth);
  ends("($f:=function($s){$f($s&$s)};$f('aaaaaaaa'))", Bound::Memory);
  ends("($f:=function($a){$f([$a,$a])};$f([1]))", Bound::Memory);
  ends("($f:=function($a){$f([[$a]])};$f([1]))", Bound::Depth);
  ends("$reduce([1..100000], function($f,$i){$f ~> $f})", Bound::None);
  ends("$reduce([1..50000], function($a,$i){{'a':$a}}, {})", Bound::Depth);
  ends("$pad('a', 1e300)", Bound::Memory);
  ends("[1..200000].[1..200000]", Bound::Steps);
  ends("$string($reduce([1..26], function($a,$i){[$a,$a]}, [[1]]))", Bound::Memory);
  ends("$match('" + repeat("a", 40) + "!', /^(a+)+$/)", Bound::Steps);
  ends(repeat("(", 20'000), Bound::Depth);
  ends(repeat("[", 20'000), Bound::Depth);
  ends(repeat("-", 20'000), Bound::Depth);
  ends(repeat("1", 20'000, "+"), Bound::Depth);
  ends(repeat("function(){", 20'000), Bound::Depth);
  ends(repeat("a?", 20'000), Bound::Depth);
  ends(repeat("$f(", 20'000), Bound::Depth);
}

TEST(JsonataSafety, ClosuresThatHoldEachOtherAreFreed) {
  // A chain of 100,000 functions is freed without recursion, and cycles of frames are cut; the sanitizers watch.
  Bounds bounds;
  const Outcome chain = run("$reduce([1..100000], function($f,$i){function($x){$f}}, 0) ~> $type()", bounds);
  EXPECT_EQ(chain.kind, Outcome::Kind::Value) << chain.error.text();
  EXPECT_EQ(run("($f:=function(){$g()};$g:=function(){$f};$type($f))", bounds).kind, Outcome::Kind::Value);
}

TEST(JsonataSafety, TheDeepestEvaluationFitsTheStack) {
  Bounds bounds;
  bounds.depth = 100'000;
  const std::string nested =
      "($f:=function($n){$map([$n], function($m){$sort([1,2], function($a,$b){$f($n+1)})})};$f(1))";
  EXPECT_EQ(run(nested, bounds).error.bound, Bound::Depth);
  EXPECT_EQ(run("($f:=function($n){[{'a':$n}].{'b':a.$f($n+1)}[b]};$f(1))", bounds).error.bound, Bound::Depth);
}

TEST(JsonataTransform, MakesNoCyclesAndLeavesItsInput) {
  const Outcome outcome =
      run("($a:={'b':{'c':1}}; $t:=$a ~> |**|{'self':$}|; [$a, $t.b.self.c])", Bounds(), Dialect::Standard);
  ASSERT_EQ(outcome.kind, Outcome::Kind::Value) << outcome.error.text();
  EXPECT_EQ(print(outcome.value), R"([{"b":{"c":1}},1])");
}

}  // namespace
}  // namespace stepd::jsonata
