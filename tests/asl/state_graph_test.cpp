// The graph of a definition: what is read of it, where it lies, and how long the worst of them takes.
#include "engine/asl/graph/graph_layout.h"
#include "engine/asl/graph/graph_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using testing::HasSubstr;
using testing::Not;

const PlannedState& planned(const GraphPlan& plan, const std::string& name) {
  for (const auto& state : plan.states) {
    if (state.state->name == name) return state;
  }
  throw std::runtime_error(name + " is not in the plan");
}

Json pass(const std::string& next) {
  return next.empty() ? Json{{"Type", "Pass"}, {"End", true}} : Json{{"Type", "Pass"}, {"Next", next}};
}

TEST(StateGraph, ReadsEdgesOfEveryKindAndMissingTargets) {
  const auto graph = read_state_graph(Json::parse(R"({"StartAt": "A", "States": {
    "A": {"Type": "Choice", "Choices": [{"Next": "B", "Comment": "yes"}, {"Next": "C"}], "Default": "D"},
    "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "resize"},
          "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "End": true},
    "C": {"Type": "Fail"}, "Alone": {"Type": "Succeed"}}})"));
  ASSERT_EQ(graph.states.size(), 5u);
  const auto& choice = graph.states[0];
  ASSERT_EQ(choice.edges.size(), 3u);
  EXPECT_EQ(choice.edges[0].label, "yes");
  EXPECT_EQ(choice.edges[1].label, "rule 2");
  EXPECT_EQ(choice.edges[2].label, "default");
  EXPECT_EQ(graph.states[1].resource, "resize");
  EXPECT_EQ(graph.states[1].edges[0].kind, GraphEdge::Kind::Catch);
  EXPECT_EQ(graph.states[1].edges[0].label, "any error");
  EXPECT_TRUE(graph.states[3].lonely);
  EXPECT_FALSE(graph.states[2].lonely);
  EXPECT_EQ(graph.states[4].type, "Missing");
  EXPECT_EQ(graph.states[4].name, "D");
}

TEST(StateGraph, WhatIsNoDefinitionIsAnEmptyGraph) {
  for (const char* text :
       {"[]", "{}", R"({"States": 1})", R"({"StartAt": 1, "States": {"A": 2}})",
        R"({"StartAt": "A", "States": {"A": {"Type": [], "Choices": [1], "Catch": {}, "Branches": 3}}})"})
    EXPECT_NO_THROW(lay_out_graph(read_state_graph(Json::parse(text)))) << text;
}

TEST(GraphLayout, AChainRunsDownOneLaneAndALoopLeadsBackBesideIt) {
  const Json definition{{"StartAt", "A"}, {"States", {{"A", pass("B")}, {"B", pass("C")}, {"C", pass("A")}}}};
  const auto graph = read_state_graph(definition);
  const auto plan = lay_out_graph(graph);
  EXPECT_EQ(planned(plan, "A").x, planned(plan, "C").x);
  EXPECT_LT(planned(plan, "A").y + kGraphBoxHeight, planned(plan, "B").y);
  EXPECT_LT(planned(plan, "B").y + kGraphBoxHeight, planned(plan, "C").y);
  EXPECT_EQ(plan.edges[2].points.size(), 4u) << "back up, along the right";
  EXPECT_GT(plan.edges[2].points[1].x, planned(plan, "A").x + kGraphBoxWidth);
}

TEST(GraphLayout, NoTwoBoxesOverlapAndBranchesLieWithinTheirState) {
  const auto graph = read_state_graph(Json::parse(R"({"StartAt": "C", "States": {
    "C": {"Type": "Choice", "Choices": [{"Next": "P"}, {"Next": "X"}, {"Next": "Y"}], "Default": "Z"},
    "P": {"Type": "Parallel", "Next": "Z", "Branches": [
      {"StartAt": "B1", "States": {"B1": {"Type": "Pass", "Next": "B2"}, "B2": {"Type": "Pass", "End": true}}},
      {"StartAt": "B3", "States": {"B3": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I",
        "States": {"I": {"Type": "Pass", "End": true}}}}}}]},
    "X": {"Type": "Pass", "Next": "Z"}, "Y": {"Type": "Fail"}, "Z": {"Type": "Succeed"}}})"));
  const auto plan = lay_out_graph(graph);
  for (const auto& a : plan.states) {
    for (const auto& b : plan.states) {
      if (&a == &b) continue;
      const bool apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      EXPECT_TRUE(apart) << a.state->name << " and " << b.state->name;
    }
    for (const auto& inner : a.inner) {
      EXPECT_LE(inner.x + inner.plan.width, a.width);
      EXPECT_LE(inner.y + inner.plan.height, a.height);
    }
  }
  EXPECT_EQ(planned(plan, "P").inner.size(), 2u);
}

TEST(GraphLayout, WhatRanLeavesOutTheRestAndKeepsTheCatchThatWasTaken) {
  const auto graph = read_state_graph(Json::parse(R"({"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "f", "Next": "B", "Catch": [{"ErrorEquals": ["X"], "Next": "H"}]},
    "B": {"Type": "Succeed"}, "H": {"Type": "Fail"}}})"));
  const auto ran =
      what_ran(graph, {[](std::string_view state) { return state != "B"; },
                       [](std::string_view from, std::string_view to) { return from == "A" && to == "H"; }});
  ASSERT_EQ(ran.states.size(), 2u);
  const auto plan = lay_out_graph(ran);
  ASSERT_EQ(plan.edges.size(), 1u);
  EXPECT_EQ(plan.edges[0].to, "H");
  EXPECT_GT(planned(plan, "H").y, planned(plan, "A").y);
}

// dot needs over 20 s for a hundred states that catch to one (ADR 0036). A layout that is not close to linear would not
// end within the time of a test.
TEST(GraphLayout, ThousandsOfStatesThatCatchToOneAndRandomChoicesAreLaidOutAtOnce) {
  Json states = Json::object();
  constexpr int kMany = 4'000;
  std::uint32_t random = 7;
  for (int i = 0; i < kMany; ++i) {
    Json state{{"Type", "Choice"}, {"Choices", Json::array()}, {"Catch", {{{"ErrorEquals", {"E"}}, {"Next", "H"}}}}};
    for (int j = 0; j < 2; ++j) {
      random = random * 1'664'525u + 1'013'904'223u;
      state["Choices"].push_back({{"Next", "S" + std::to_string(random % kMany)}});
    }
    state["Default"] = i + 1 < kMany ? "S" + std::to_string(i + 1) : "H";
    states["S" + std::to_string(i)] = std::move(state);
  }
  states["H"] = {{"Type", "Fail"}};
  const auto graph = read_state_graph(Json{{"StartAt", "S0"}, {"States", std::move(states)}});
  const auto plan = lay_out_graph(graph);
  EXPECT_EQ(plan.states.size(), kMany + 1u);
}

TEST(GraphText, NamesAreEscapedInSvgAndCannotEndALineOfMermaid) {
  const Json definition{
      {"StartAt", "<b>\"&"},
      {"States", {{"<b>\"&", {{"Type", "Pass"}, {"Next", "x;\n--> y"}}}, {"x;\n--> y", {{"Type", "Succeed"}}}}}};
  const auto graph = read_state_graph(definition);
  const auto svg = print_svg(graph);
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;&quot;&amp;"));
  const auto mermaid = print_mermaid(graph);
  EXPECT_THAT(mermaid, HasSubstr("s1 --> s2"));
  EXPECT_THAT(mermaid, Not(HasSubstr("\n--> y")));
}

}  // namespace
}  // namespace stepd::asl
