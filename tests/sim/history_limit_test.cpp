// A STANDARD execution's history ends with its 25,000th event (AWS dev guide, quotas), wherever that falls.
#include "engine/core/compile.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

World make_world(const char* definition) {
  const auto compiled = core::compile(Json::parse(definition));
  if (compiled.definition == nullptr) throw std::runtime_error(compiled.diagnostics.front().message);
  World world(compiled.definition);
  world.leave_checking_to_caller();
  return world;
}

World run_to_end(const char* definition, Payload input) {
  auto world = make_world(definition);
  world.start(std::move(input));
  EXPECT_TRUE(world.run()) << "it does not end";
  EXPECT_EQ(world.disagreement(), "");
  return world;
}

void expect_full(const World& world, const std::string& end) {
  const auto history = world.history();
  ASSERT_EQ(history.size(), 25'000u);
  EXPECT_TRUE(history.back().starts_with("25000<")) << history.back();
  EXPECT_TRUE(history.back().ends_with(end)) << history.back();
}

void expect_failed(const World& world) {
  expect_full(world, "ExecutionFailed States.Runtime");
  EXPECT_EQ(world.execution().failure().cause, "The execution reached the maximum number of history events (25000).");
}

constexpr const char* kMap = R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"A",
    "States":{"A":{"Type":"Pass","End":true}}}}}})";

TEST(HistoryLimit, EndsALoopOfPassStates) {
  expect_failed(run_to_end(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Succeed"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"}}})",
      Payload()));
}

// Five events a round: the last ones fall into the middle of a state.
TEST(HistoryLimit, EndsALoopOfTasksInTheMiddleOfAState) {
  expect_failed(run_to_end(R"({"StartAt":"A","States":{"Z":{"Type":"Succeed"},
      "A":{"Type":"Task","Resource":"f","Catch":[{"ErrorEquals":["Never"],"Next":"Z"}],"Next":"A"}}})",
                           Payload()));
}

/// A Map whose iterations pass through many states before they call a task: much history of few frames.
std::string map_of_long_iterations() {
  Json states{{"T", {{"Type", "Task"}, {"Resource", "f"}, {"End", true}}}};
  for (int i = 0; i < 40; ++i)
    states["P" + std::to_string(i)] = {{"Type", "Pass"}, {"Next", i == 39 ? "T" : "P" + std::to_string(i + 1)}};
  const Json processor{{"StartAt", "P0"}, {"States", states}};
  return Json{{"StartAt", "M"}, {"States", {{"M", {{"Type", "Map"}, {"End", true}, {"ItemProcessor", processor}}}}}}
      .dump();
}

// Forty iterations are under way then, whose ends no longer fit into the history.
TEST(HistoryLimit, EndsAMapWithAllThatIsUnderWay) {
  expect_failed(run_to_end(map_of_long_iterations().c_str(), Payload(Json::array_t(400, Json(1)))));
}

TEST(HistoryLimit, LeavesAnExecutionAloneThatEndsBeforeIt) {
  // Five events and the end round the Map, four for each item.
  const auto world = run_to_end(kMap, Payload(Json::array_t(6'248, Json(1))));
  EXPECT_EQ(world.execution().status(), core::Status::Succeeded);
  EXPECT_EQ(world.history().size(), 24'998u);
}

TEST(HistoryLimit, IsReachedByOneItemMore) { expect_failed(run_to_end(kMap, Payload(Json::array_t(6'249, Json(1))))); }

TEST(HistoryLimit, AStopOfAFullExecutionIsItsLastEvent) {
  auto world = make_world(
      R"({"StartAt":"M","States":{"M":{"Type":"Map","Next":"P","ItemProcessor":{"StartAt":"A","States":{
         "A":{"Type":"Pass","End":true}}}},"P":{"Type":"Parallel","End":true,"Branches":[
         {"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":9,"End":true}}},
         {"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":9,"End":true}}}]}}})");
  world.start(Payload(Json::array_t(6'247, Json(1))));
  // Until both branches wait: 3 + 4 x 6,247 + 2, then 4 events of the Parallel state.
  while (world.execution().last_history_id() < 24'997) ASSERT_TRUE(world.step());
  world.command(core::command::Stop{core::Failure{"Enough", std::nullopt}});
  expect_full(world, "ExecutionAborted Enough");
  EXPECT_EQ(world.disagreement(), "");
}

}  // namespace
}  // namespace stepd::test
