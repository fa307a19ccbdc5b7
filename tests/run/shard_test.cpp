// A shard driven step by step: what is done in the world, and in which order with what is stored.
#include "engine/run/arn.h"
#include "run/bench_of_one.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;
using storage::Outcome;

constexpr auto kTask = R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true}}})";
constexpr auto kTimedTask =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","TimeoutSeconds":10,"End":true}}})";
constexpr auto kWaitMinute = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})";
constexpr auto kOnePass = R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";

run::TaskCall take_task(BenchOfOne& bench) {
  EXPECT_EQ(bench.tasks.open.size(), 1u);
  return bench.tasks.open.empty() ? run::TaskCall{} : bench.tasks.open.begin()->second;
}

TEST(Shard, NothingIsDoneBeforeItIsStored) {
  BenchOfOne bench;
  const auto machine = bench.create(kTask);
  bench.store.held = true;
  const auto started = bench.start(machine, "one");
  bench.settle();
  EXPECT_EQ(bench.store.waiting(), 1u);
  EXPECT_FALSE(started->answered);
  EXPECT_TRUE(bench.tasks.open.empty());
  bench.store.release();
  bench.settle();
  EXPECT_TRUE(started->answered);
  EXPECT_EQ(bench.tasks.open.size(), 1u);
}

TEST(Shard, ATasksAnswerEndsTheExecution) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTask), "one");
  bench.settle();
  auto call = take_task(bench);
  call.started();
  call.done(Payload(Json{{"r", 1}}));
  bench.settle();
  const auto record = bench.record(started->arn);
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(record.output, R"({"r":1})");
  EXPECT_EQ(bench.store.deltas, 2u) << "start and answer of a quick task are one turn";
}

TEST(Shard, ASlowTaskShowsThatItBegan) {
  BenchOfOne bench;
  bench.start(bench.create(kTask), "one");
  bench.settle();
  take_task(bench).started();
  bench.settle();
  EXPECT_EQ(bench.store.deltas, 1u);
  bench.advance(20ms);
  EXPECT_EQ(bench.store.deltas, 1u) << "it may have begun just now";
  bench.advance(20ms);
  EXPECT_EQ(bench.store.deltas, 2u);
}

TEST(Shard, ATaskThatWaitedForAHandlerShowsThatItBegan) {
  BenchOfOne bench;
  bench.start(bench.create(kTask), "one");
  bench.settle();
  bench.advance(1min);
  EXPECT_EQ(bench.store.deltas, 1u);
  take_task(bench).started();
  bench.settle();
  bench.advance(20ms);
  EXPECT_EQ(bench.store.deltas, 2u);
}

TEST(Shard, ALateAnswerIsIgnored) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTimedTask), "one");
  bench.settle();
  auto call = take_task(bench);
  call.started();
  bench.settle();
  bench.advance(11s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Failed);
  EXPECT_EQ(bench.tasks.cancelled.size(), 1u);
  call.done(Payload());
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).error, "States.Timeout");
}

TEST(Shard, ATaskThatIsDoneIsNotCancelled) {
  BenchOfOne bench;
  const auto machine = bench.create(
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"f","TimeoutSeconds":9,"Next":"B"},
          "B":{"Type":"Task","Resource":"f","Retry":[{"ErrorEquals":["Odd"],"IntervalSeconds":1}],"End":true}}})");
  const auto started = bench.start(machine, "one");
  bench.settle();
  take_task(bench).done(Payload());
  bench.settle();
  take_task(bench).done(AslError{"Odd", ""});
  bench.settle();
  bench.advance(1s);
  take_task(bench).done(Payload());
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Succeeded);
  EXPECT_TRUE(bench.tasks.cancelled.empty());
}

TEST(Shard, OfSeveralTasksOnlyThoseUnderWayAreCancelled) {
  BenchOfOne bench;
  const auto machine = bench.create(
      R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
          {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"a","Next":"Z"},"Z":{"Type":"Wait","Seconds":60,"End":true}}},
          {"StartAt":"B","States":{"B":{"Type":"Task","Resource":"b","End":true}}},
          {"StartAt":"C","States":{"C":{"Type":"Task","Resource":"c","End":true}}}]}}})");
  const auto started = bench.start(machine, "one");
  bench.settle();
  ASSERT_EQ(bench.tasks.open.size(), 3u);
  std::map<std::string, run::TaskCall> calls;
  for (const auto& [attempt, call] : bench.tasks.open) calls[call.label.resource] = call;
  calls["a"].done(Payload());
  bench.settle();
  calls["b"].done(AslError{"Odd", "fails all branches"});
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Failed);
  EXPECT_EQ(bench.tasks.cancelled, std::vector<std::string>{calls["c"].attempt});
}

TEST(Shard, AQueuedTasksTimeHasNotBegun) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTimedTask), "one");
  bench.settle();
  bench.advance(100s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running);
}

TEST(Shard, AWaitSurvivesARestart) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kWaitMinute), "one");
  bench.settle();
  bench.advance(20s);
  bench.restart();
  bench.advance(39s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running);
  bench.advance(1s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Succeeded);
}

TEST(Shard, ATimerThatWentOffBeforeTheClockWasSetBackIsNotLost) {
  BenchOfOne bench;
  const auto started =
      bench.start(bench.create(R"({"StartAt":"B","States":{"B":{"Type":"Parallel","End":true,"Branches":[
          {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}},
          {"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true}}}]}}})"),
                  "one");
  bench.settle();
  bench.store.held = true;
  take_task(bench).done(Payload());
  bench.settle();
  bench.advance(60s);  // the timer's turn waits for the one that is being stored
  bench.clock.jump(-30s);
  bench.store.release();
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Succeeded);
}

TEST(Shard, AStartIsNotRefusedForOneThatComesToNothing) {
  for (const bool stored : {true, false}) {
    BenchOfOne bench;
    const auto machine = bench.create(kWaitMinute);
    bench.store.held = true;
    if (!stored) bench.store.refusals = {Outcome::Unavailable};
    bench.start(machine, "one", R"({"n":1})");
    const auto other = bench.start(machine, "one", R"({"n":2})");
    bench.settle();
    EXPECT_FALSE(other->answered);
    bench.store.release();
    bench.settle();
    ASSERT_TRUE(other->refusal);
    EXPECT_EQ(other->refusal->code,
              stored ? run::RefusalCode::ExecutionAlreadyExists : run::RefusalCode::ServiceUnavailable);
  }
}

TEST(Shard, AWaitThatElapsedWhileNobodyRanEndsAtOnce) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kWaitMinute), "one");
  bench.settle();
  bench.clock.advance(24h);
  bench.restart();
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Succeeded);
}

TEST(Shard, ATaskUnderWayIsRunAgainAfterARestartWithTheSameAttempt) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTimedTask), "one");
  bench.settle();
  const auto before = take_task(bench);
  before.started();
  bench.settle();
  bench.clock.advance(1h);
  bench.restart();
  bench.settle();
  auto again = take_task(bench);
  EXPECT_EQ(again.attempt, before.attempt);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running) << "its time begins anew";
  again.started();
  bench.settle();
  bench.advance(9s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running);
  bench.advance(2s);
  EXPECT_EQ(bench.record(started->arn).error, "States.Timeout");
}

TEST(Shard, TheSameStartTwiceIsOneExecution) {
  BenchOfOne bench;
  const auto machine = bench.create(kWaitMinute);
  bench.store.held = true;
  const auto one = bench.start(machine, "one", R"({"a":1})");
  const auto twin = bench.start(machine, "one", R"({"a":1})");
  const auto other = bench.start(machine, "one", R"({"a":2})");
  EXPECT_FALSE(twin->answered);
  EXPECT_FALSE(other->answered) << "the first start is not stored yet";
  bench.store.release();
  bench.settle();
  ASSERT_TRUE(other->refusal);
  EXPECT_EQ(other->refusal->code, run::RefusalCode::ExecutionAlreadyExists);
  EXPECT_EQ(one->arn, twin->arn);
  const auto later = bench.start(machine, "one", R"({"a":1})");
  EXPECT_EQ(later->arn, one->arn);
  EXPECT_EQ(bench.store.deltas, 1u);
}

/// What the caller is told may not be ahead of what is stored.
TEST(Shard, AStartWhileTheEndIsBeingStoredWaitsForIt) {
  BenchOfOne bench;
  const auto machine = bench.create(kWaitMinute);
  bench.start(machine, "one");
  bench.settle();
  bench.store.held = true;
  bench.advance(60s);
  const auto again = bench.start(machine, "one");
  bench.settle();
  EXPECT_FALSE(again->answered);
  bench.store.release();
  bench.settle();
  ASSERT_TRUE(again->refusal);
  EXPECT_EQ(again->refusal->code, run::RefusalCode::ExecutionAlreadyExists);
}

TEST(Shard, ANameOfAClosedExecutionIsTaken) {
  BenchOfOne bench;
  const auto machine = bench.create(kOnePass);
  bench.start(machine, "one");
  bench.settle();
  const auto again = bench.start(machine, "one");
  bench.settle();
  ASSERT_TRUE(again->refusal.has_value());
  EXPECT_EQ(again->refusal->code, run::RefusalCode::ExecutionAlreadyExists);
}

TEST(Shard, AStartThatCannotBeStoredNeverWas) {
  BenchOfOne bench;
  const auto machine = bench.create(kOnePass);
  bench.store.refusals = {Outcome::Unavailable};
  const auto refused = bench.start(machine, "one");
  bench.settle();
  ASSERT_TRUE(refused->refusal.has_value());
  EXPECT_EQ(refused->refusal->code, run::RefusalCode::ServiceUnavailable);
  const auto again = bench.start(machine, "one");
  bench.settle();
  EXPECT_FALSE(again->refusal.has_value());
}

TEST(Shard, AStartOfAMachineThatIsBeingDeletedSaysSo) {
  BenchOfOne bench;
  const auto machine = bench.create(kOnePass);
  bench.store.refusals = {Outcome::Conflict};  // what the store answers when the machine went meanwhile
  const auto refused = bench.start(machine, "one");
  bench.settle();
  ASSERT_TRUE(refused->refusal.has_value());
  EXPECT_EQ(refused->refusal->code, run::RefusalCode::StateMachineDeleting);
  EXPECT_EQ(bench.fatal, 0);
}

TEST(Shard, AtTheLimitNoFurtherExecutionStarts) {
  BenchOfOne bench;
  bench.max_open = 2;
  bench.restart();
  const auto machine = bench.create(kWaitMinute);
  bench.start(machine, "one");
  bench.start(machine, "two");
  bench.settle();
  const auto refused = bench.start(machine, "three");
  ASSERT_TRUE(refused->refusal.has_value());
  EXPECT_EQ(refused->refusal->code, run::RefusalCode::ExecutionLimitExceeded);
  bench.advance(60s);
  EXPECT_FALSE(bench.start(machine, "three")->refusal.has_value());
}

TEST(Shard, AnAnswerThatCannotBeStoredIsKeptAndTriedAgain) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTask), "one");
  bench.settle();
  bench.store.refusals = {Outcome::Unavailable, Outcome::Unavailable};
  take_task(bench).done(Payload(Json{{"r", 1}}));
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running);
  bench.advance(1s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Running);
  bench.advance(1s);
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Succeeded);
}

TEST(Shard, AFatalStoreIsReportedAndNothingGoesOn) {
  BenchOfOne bench;
  const auto machine = bench.create(kOnePass);
  bench.store.refusals = {Outcome::Fatal};
  const auto refused = bench.start(machine, "one");
  bench.settle();
  EXPECT_EQ(bench.fatal, 1);
  EXPECT_TRUE(refused->refusal.has_value());
  EXPECT_TRUE(bench.start(machine, "two")->refusal.has_value());
}

TEST(Shard, StoppingTakesTasksBackAndIsAnsweredForEver) {
  BenchOfOne bench;
  const auto started = bench.start(bench.create(kTask), "one");
  bench.settle();
  const auto stopped = bench.stop(started->arn);
  bench.settle();
  ASSERT_TRUE(stopped->has_value());
  ASSERT_TRUE((*stopped)->has_value());
  EXPECT_EQ(bench.tasks.cancelled.size(), 1u);
  const auto record = bench.record(started->arn);
  EXPECT_EQ(record.status, ExecutionStatus::Aborted);
  EXPECT_EQ(record.error, "Enough");
  const auto again = bench.stop(started->arn);
  ASSERT_TRUE((*again)->has_value());
  EXPECT_EQ((**again)->stopped_at, (**stopped)->stopped_at);
  EXPECT_FALSE((*bench.stop(started->arn + "x"))->has_value());
}

TEST(Shard, ALongLoopIsStoredTurnByTurnAndCarriesOnAfterARestart) {
  const Json states{
      {"Count", {{"Type", "Pass"}, {"Parameters", {{"n.$", "States.MathAdd($.n, 1)"}}}, {"Next", "More"}}},
      {"More",
       {{"Type", "Choice"},
        {"Choices", Json::array({Json{{"Variable", "$.n"}, {"NumericLessThan", 900}, {"Next", "Count"}}})},
        {"Default", "Done"}}},
      {"Done", {{"Type", "Succeed"}}}};
  BenchOfOne bench;
  const auto machine = bench.create(Json{{"StartAt", "Count"}, {"States", states}}.dump());
  const auto started = bench.start(machine, "one", R"({"n":0})");
  bench.store.held = true;
  bench.settle();
  EXPECT_EQ(bench.store.deltas, 1u);
  bench.store.lose_waiting();
  bench.restart();
  bench.settle();
  EXPECT_EQ(bench.record(started->arn).output, R"({"n":900})");
  EXPECT_GT(bench.store.deltas, 4u);
}

TEST(Shard, AnExecutionThatNeverRestsCanBeStopped) {
  BenchOfOne bench;
  const auto machine = bench.create(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Succeed"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"}}})");
  bench.store.held = true;
  const auto started = bench.start(machine, "one");
  bench.settle();
  const auto stopped = bench.stop(run::execution_arn(machine, "one"));
  bench.store.release();
  bench.settle();
  ASSERT_TRUE(stopped->has_value());
  EXPECT_EQ(bench.record(started->arn).status, ExecutionStatus::Aborted);
  EXPECT_LT(bench.store.deltas, 4u) << "and not when its history is full";
}

TEST(Shard, AThousandWaitsEndInTheOrderOfTheirTimes) {
  BenchOfOne bench;
  const auto machine = bench.create(R"({"StartAt":"W","States":{"W":{"Type":"Wait","SecondsPath":"$.s","End":true}}})");
  std::vector<std::string> arns;
  for (int i = 1; i <= 1000; ++i) {
    arns.push_back(bench.start(machine, "w" + std::to_string(i), Json{{"s", i}}.dump())->arn);
  }
  bench.settle();
  for (int i = 0; i < 10; ++i) bench.advance(50s);
  int ended = 0;
  for (int i = 1; i <= 1000; ++i) {
    const auto arn = run::execution_arn(machine, "w" + std::to_string(i));
    ended += bench.record(arn).status == ExecutionStatus::Succeeded ? 1 : 0;
  }
  EXPECT_EQ(ended, 500);
}

}  // namespace
}  // namespace stepd::test
