// Which variables DescribeStateMachine says that a state mentions.
#include "engine/asl/variable_references.h"

#include "engine/asl/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

auto references(const char* yaml) {
  auto source = Source::read(yaml, Format::Yaml);
  EXPECT_TRUE(source.has_value()) << source.error().cause;
  return variable_references(source->value());
}

TEST(VariableReferences, AreFoundInEveryKindOfField) {
  const auto found = references(R"yaml(
StartAt: A
States:
  A: {Type: Pass, InputPath: $in.x, Parameters: {deep: [{v.$: "States.Format('{}', $b)"}]}, Assign: {c.$: $a}, Next: C}
  C: {Type: Choice, Choices: [{And: [{Variable: $v, NumericEqualsPath: $w}], Next: W}]}
  W: {Type: Wait, SecondsPath: $s, End: true}
)yaml");
  EXPECT_THAT(found, ElementsAre(Pair("A", ElementsAre("a", "b", "in")), Pair("C", ElementsAre("v", "w")),
                                 Pair("W", ElementsAre("s"))));
}

TEST(VariableReferences, OfNestedStatesAreTheirOwn) {
  const auto found = references(R"yaml(
StartAt: M
States:
  M:
    Type: Map
    MaxConcurrencyPath: $max
    ItemProcessor: {StartAt: I, States: {I: {Type: Pass, Parameters: {x.$: $inner}, End: true}}}
    End: true
)yaml");
  EXPECT_THAT(found, ElementsAre(Pair("I", ElementsAre("inner")), Pair("M", ElementsAre("max"))));
}

TEST(VariableReferences, InputContextAndPlainTextAreNone) {
  const auto found = references(R"yaml(
StartAt: A
States: {A: {Type: Pass, Parameters: {a.$: $.x, b.$: $$.State.Name, c: $no}, End: true}}
)yaml");
  EXPECT_THAT(found, IsEmpty());
}

TEST(VariableReferences, OfJsonataAreThoseOfItsExpressions) {
  const auto found = references(R"yaml(
QueryLanguage: JSONata
StartAt: A
States:
  A: {Type: Pass, Output: {v: ["{% ($own := $b; $sum($own) + $a) %}"], w: "$no"}, Assign: {c: "{% $states.input %}"}, Next: C}
  C: {Type: Choice, Choices: [{Condition: "{% $v and $w %}", Next: S}], Default: S}
  S: {Type: Succeed}
)yaml");
  EXPECT_THAT(found, ElementsAre(Pair("A", ElementsAre("a", "b")), Pair("C", ElementsAre("v", "w"))));
}

TEST(VariableReferences, ALanguageIsThatOfItsState) {
  const auto found = references(R"yaml(
StartAt: A
States:
  A: {Type: Pass, Parameters: {v: "{% $no %}", w.$: $a}, Next: B}
  B: {Type: Pass, QueryLanguage: JSONata, Output: {v: "{% $b %}", "w.$": $no}, End: true}
)yaml");
  EXPECT_THAT(found, ElementsAre(Pair("A", ElementsAre("a")), Pair("B", ElementsAre("b"))));
}

}  // namespace
}  // namespace stepd::asl
