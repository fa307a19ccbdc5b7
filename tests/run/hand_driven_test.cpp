// What a simulation needs of the engine: loops that are run a job at a time, and chance that comes from a seed.
#include "engine/run/hand_driven.h"

#include "engine/run/arn.h"
#include "engine/run/uuid.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stepd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(HandDriven, RunsOneJobOrOneTimerAtATime) {
  ManualClock clock;
  run::Loop loop("test", clock);
  std::vector<std::string> ran;
  const auto note = [&](const std::string& what) { return [&ran, what] { ran.push_back(what); }; };
  loop.post(note("first job"));
  loop.post(note("second job"));
  loop.call_at(clock.now(), note("first timer"));
  loop.call_at(clock.now() + std::chrono::seconds(1), note("second timer"));
  EXPECT_TRUE(loop.run_timer());
  EXPECT_THAT(ran, ElementsAre("first timer"));
  EXPECT_FALSE(loop.run_timer()) << "the other one is not due";
  EXPECT_TRUE(loop.run_job());
  EXPECT_THAT(ran, ElementsAre("first timer", "first job"));
  EXPECT_TRUE(loop.run_job());
  EXPECT_FALSE(loop.run_job());
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(loop.run_job()) << "timers are none";
  EXPECT_TRUE(loop.run_timer());
  EXPECT_THAT(ran, ElementsAre("first timer", "first job", "second job", "second timer"));
}

TEST(HandDriven, DrawsTheSameOfTheSameSeed) {
  const auto draw = [](std::uint64_t seed) {
    const run::SeededRandom random(seed);
    return run::make_uuid() + run::make_ordered_uuid(Instant{}) + run::make_secret() +
           std::to_string(run::random_bits());
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
  EXPECT_NE(run::make_secret(), run::make_secret()) << "after that chance is chance again";
}

TEST(HandDriven, AnEngineDoesNothingByItself) {
  ManualClock clock;
  const auto store = storage::open_memory();
  auto [engine, loops] = run::make_hand_driven_engine({.shards = 2}, *store, clock, no_services);
  engine->resume();
  std::string machine;
  engine->create_state_machine({"m", R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})", "role"},
                               [&](auto answer) { machine = answer->arn; });
  std::vector<std::string> started;
  engine->start_execution({machine, "one"}, [&](auto answer) { started.push_back(answer->arn); });
  const auto arn = run::execution_arn(machine, "one");
  EXPECT_FALSE(store->reader().execution(arn));
  for (auto* loop : loops) loop->run_ready();
  EXPECT_THAT(started, ElementsAre(arn));
  EXPECT_EQ(store->reader().execution(arn)->status, storage::ExecutionStatus::Succeeded);
  engine->drain(std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace stepd::test
