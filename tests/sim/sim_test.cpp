// Whole executions of random machines under random schedules, restarts and repeated commands. The world checks after
// each command that the events alone, and the stored bytes alone, make the state.
#include "engine/core/compile.h"
#include "sim/random_machine.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace stepd::test {
namespace {

using namespace core;

constexpr std::uint64_t kSeeds = 120;

std::shared_ptr<const asl::Definition> machine(std::uint64_t seed) {
  const auto source = random_machine(seed);
  auto compiled = compile(source);
  EXPECT_NE(compiled.definition, nullptr) << source.dump(2) << compiled.diagnostics.front().message;
  return compiled.definition;
}

Payload input() { return Payload(Json{{"items", {1, 2, 3}}, {"p", {{"n", 1}}}}); }

/// Depends on nothing but the question, so that the schedule cannot change what an execution comes to.
Answer respond(const AwaitingTask& task) {
  const auto hash = std::hash<std::string>{}(task.input.text());
  Answer answer;
  // Never in the very millisecond of a timeout, whose order with an answer is anybody's guess.
  if (task.label.resource != "quick") answer.takes = std::chrono::milliseconds(hash % 15 * 1000 + 1 + hash % 998);
  if (hash % 5 == 0)
    answer.failure = {hash % 2 == 0 ? "Odd" : "Even", "as the input wants it"};
  else
    answer.result = Payload(Json{{"h", hash % 1000}});
  return answer;
}

World make_world(std::uint64_t seed) {
  World world(machine(seed));
  world.answer_with(respond);
  return world;
}

std::string outcome(const World& world) {
  const auto& x = world.execution();
  return std::to_string(static_cast<int>(x.status())) + " " + (x.output() ? x.output()->text() : "") + " " +
         x.failure().error.value_or("");
}

TEST(Simulation, EveryExecutionEnds) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto world = make_world(seed);
    world.start(input());
    ASSERT_TRUE(world.run(5'000));
    EXPECT_NE(world.execution().status(), Status::Running);
    EXPECT_TRUE(world.execution().awaited().empty());
    outcomes.insert(outcome(world));
  }
  EXPECT_GT(outcomes.size(), kSeeds / 10) << "the machines are all alike";
}

TEST(Simulation, TheOrderOfThingsThatHappenAtOnceDoesNotChangeTheOutput) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto one = make_world(seed);
    one.start(input());
    ASSERT_TRUE(one.run(5'000));
    // With two failures at the same moment, the first one's name is the execution's: only successes are comparable.
    if (one.execution().status() != Status::Succeeded) continue;
    auto other = make_world(seed);
    other.start(input());
    std::mt19937_64 random(seed);
    while (other.step(random())) {
    }
    EXPECT_EQ(other.execution().status(), Status::Succeeded);
  }
}

TEST(Simulation, RestartsChangeNothing) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto one = make_world(seed);
    one.start(input());
    auto other = make_world(seed);
    other.start(input());
    std::mt19937_64 random(seed);
    ASSERT_TRUE(one.run(5'000));
    for (std::size_t steps = 0; other.step(); ++steps) {
      ASSERT_LT(steps, 20'000u);
      if (random() % 6 == 0) other.restart();
    }
    if (one.execution().status() == Status::Succeeded) {
      EXPECT_EQ(outcome(other), outcome(one));
    }
  }
}

TEST(Simulation, ACommandGivenTwiceIsRefused) {
  std::size_t repeated = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto world = make_world(seed);
    world.start(input());
    for (std::size_t steps = 0; steps < 5'000; ++steps) {
      std::vector<Command> answers;
      for (const auto& awaited : world.execution().awaited()) {
        if (awaited.kind == Awaited::Kind::Task || awaited.kind == Awaited::Kind::Answer)
          answers.push_back(command::TaskSuccess{awaited.frame, awaited.token, Payload()});
      }
      if (!world.step()) break;
      for (const auto& answer : answers) {
        const auto& success = std::get<command::TaskSuccess>(answer);
        bool awaited = false;
        for (const auto& each : world.execution().awaited()) awaited |= each.token == success.token;
        if (awaited) continue;
        EXPECT_EQ(world.command(answer).rejection, Rejection::TaskUnknown);
        ++repeated;
      }
    }
  }
  EXPECT_GT(repeated, kSeeds / 2);
}

TEST(Simulation, HistoryIdsHaveNoGapsAndPointBackwards) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto world = make_world(seed);
    world.start(input());
    ASSERT_TRUE(world.run(5'000));
    std::uint32_t expected = 0;
    for (const auto& event : world.events()) {
      if (event.history_id == 0) continue;
      EXPECT_EQ(event.history_id, ++expected);
      EXPECT_LT(event.previous_id, event.history_id);
    }
  }
}

TEST(Simulation, WhatEndedBadlyGoesOnWhereItEnded) {
  std::size_t redriven = 0, rescued = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto world = make_world(seed);
    world.start(input());
    std::mt19937_64 random(seed);
    // Some are aborted under way, the others end as they end.
    for (std::size_t steps = random() % 3 == 0 ? 5 : 5'000; steps > 0 && world.step(); --steps) {
    }
    if (world.execution().status() == Status::Running) world.command(command::Stop{});
    if (world.execution().status() == Status::Succeeded) {
      EXPECT_EQ(world.command(command::Redrive{}).rejection, Rejection::NotRedrivable);
      continue;
    }
    ++redriven;
    world.answer_with([](const AwaitingTask&) { return Answer{.result = Payload(Json{{"h", 1}})}; });
    ASSERT_EQ(world.redrive().rejection, std::nullopt);
    EXPECT_EQ(world.execution().redrive_count(), 1u);
    for (std::size_t steps = 0; world.step(random()); ++steps) {
      ASSERT_LT(steps, 20'000u);
      if (random() % 6 == 0) world.restart();
    }
    EXPECT_NE(world.execution().status(), Status::Running);
    rescued += world.execution().status() == Status::Succeeded ? 1 : 0;
  }
  EXPECT_GT(redriven, kSeeds / 10);
  EXPECT_GT(rescued, redriven / 4);
}

TEST(Simulation, AnAnsweredTaskHasBegun) {
  World world(compile(Json{{"StartAt", "T"}, {"States", {{"T", {{"Type", "Task"}, {"Resource", "f"}, {"End", true}}}}}})
                  .definition);
  world.start(input());
  const auto awaited = world.execution().awaited().front();
  world.command(command::TaskSuccess{awaited.frame, awaited.token, Payload()});
  EXPECT_EQ(world.command(command::TaskStart{awaited.frame, awaited.token, ""}).rejection, Rejection::TaskUnknown);
  const std::vector<std::string> expected{"1<0 ExecutionStarted",        "2<0 TaskStateEntered T",
                                          "3<2 LambdaFunctionScheduled", "4<3 LambdaFunctionStarted",
                                          "5<4 LambdaFunctionSucceeded", "6<5 TaskStateExited T",
                                          "7<6 ExecutionSucceeded"};
  EXPECT_EQ(world.history(), expected);
}

TEST(Simulation, VariablesHaveALimitInSum) {
  // Fifty variables of 250,000 bytes are more than ten megabytes.
  Json states = Json::object();
  for (int i = 0; i < 50; ++i) {
    states["S" + std::to_string(i)] = {{"Type", "Pass"},
                                       {"Assign", {{"v" + std::to_string(i), std::string(250'000, 'x')}}},
                                       {"Next", "S" + std::to_string(i + 1)}};
  }
  states["S50"] = {{"Type", "Succeed"}};
  World world(compile(Json{{"StartAt", "S0"}, {"States", states}}).definition);
  world.start(Payload());
  ASSERT_TRUE(world.run());
  EXPECT_EQ(world.execution().status(), Status::Failed);
  EXPECT_NE(world.execution().failure().cause->find("larger than 10485760 bytes"), std::string::npos);
}

TEST(Simulation, StoppingIsAlwaysPossibleUntilTheEnd) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    auto world = make_world(seed);
    world.start(input());
    std::mt19937_64 random(seed);
    for (auto steps = random() % 20; steps > 0 && world.step(); --steps) {
    }
    const bool running = world.execution().status() == Status::Running;
    const auto decision = world.command(command::Stop{{"Enough", std::nullopt}});
    EXPECT_EQ(decision.rejection.has_value(), !running);
    EXPECT_NE(world.execution().status(), Status::Running);
    EXPECT_TRUE(world.execution().awaited().empty());
  }
}

TEST(Simulation, ALostRowIsNoticed) {
  // The negative control of all of the above.
  World world(
      compile(Json::parse(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":9,"End":true}}})")).definition);
  world.start(input());
  EXPECT_EQ(world.disagreement(), "");
  world.lose_a_row();
  EXPECT_NE(world.disagreement(), "");
}

TEST(Simulation, ALongLoopIsCutIntoTurns) {
  const Json states{
      {"Count", {{"Type", "Pass"}, {"Parameters", {{"n.$", "States.MathAdd($.n, 1)"}}}, {"Next", "More"}}},
      {"More",
       {{"Type", "Choice"},
        {"Choices", Json::array({Json{{"Variable", "$.n"}, {"NumericLessThan", 2000}, {"Next", "Count"}}})},
        {"Default", "Done"}}},
      {"Done", {{"Type", "Succeed"}}}};
  World world(compile(Json{{"StartAt", "Count"}, {"States", states}}).definition);
  world.start(Payload(Json{{"n", 0}}));
  EXPECT_EQ(world.execution().status(), Status::Running);
  EXPECT_LE(world.events().size(), kTurnEvents + 8);
  std::size_t turns = 0;
  while (world.step()) ++turns;
  EXPECT_EQ(world.execution().status(), Status::Succeeded);
  EXPECT_GT(turns, 8u);
}

}  // namespace
}  // namespace stepd::test
