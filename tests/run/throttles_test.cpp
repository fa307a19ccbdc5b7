// Executions without tokens: what waits, what does not, in which order it goes on; and the starts that tasks ask for.
#include "engine/run/arn.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;
using testing::ElementsAre;

/// So many states, then the end.
std::string row_of_passes(int count) {
  Json states = Json::object();
  for (int i = 1; i < count; ++i)
    states["P" + std::to_string(i)] = {{"Type", "Pass"}, {"Next", "P" + std::to_string(i + 1)}};
  states["P" + std::to_string(count)] = {{"Type", "Pass"}, {"End", true}};
  return Json{{"StartAt", "P1"}, {"States", states}}.dump();
}

constexpr auto kEndlessChoices = R"({"StartAt":"A","States":{"A":{"Type":"Choice","Default":"A",
        "Choices":[{"Variable":"$.end","IsPresent":true,"Next":"Z"}]},"Z":{"Type":"Succeed"}}})";
constexpr auto kEndlessChoicesInTime =
    R"({"StartAt":"A","TimeoutSeconds":5,"States":{"A":{"Type":"Choice","Default":"A",
        "Choices":[{"Variable":"$.end","IsPresent":true,"Next":"Z"}]},"Z":{"Type":"Succeed"}}})";
constexpr auto kTaskThenPass =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"P"},
        "P":{"Type":"Pass","End":true}}})";

class Transitions : public testing::Test {
 protected:
  void limit(run::RatePair rates) {
    run::ThrottleRates all;
    all.transitions = rates;
    bench_.throttles = std::make_unique<run::Throttles>(all, bench_.clock);
    bench_.restart();
  }
  std::string begin(const std::string& machine, const std::string& name) {
    const auto started = bench_.start(machine, name);
    bench_.settle();
    EXPECT_TRUE(started->answered) << "a start waits for tokens";
    return started->arn;
  }
  bool has_ended(const std::string& arn) { return bench_.record(arn).status != ExecutionStatus::Running; }

  BenchOfOne bench_;
};

TEST_F(Transitions, AnExecutionWithoutTokensWaitsAndThenGoesOn) {
  limit({{}, {2, 1}});
  const auto machine = bench_.create(row_of_passes(3));
  const auto one = begin(machine, "one");  // overdraws the bucket by one
  EXPECT_EQ(bench_.record(one).status, ExecutionStatus::Succeeded);
  const auto two = begin(machine, "two");
  EXPECT_FALSE(has_ended(two));
  bench_.advance(1'999ms);
  EXPECT_FALSE(has_ended(two));
  bench_.advance(1ms);
  EXPECT_EQ(bench_.record(two).status, ExecutionStatus::Succeeded);
}

TEST_F(Transitions, TheyGoOnInTheOrderInWhichTheyCame) {
  limit({{}, {1, 1}});
  const auto machine = bench_.create(row_of_passes(1));
  begin(machine, "first");
  std::vector<std::string> waiting;
  for (const auto* name : {"a", "b", "c"}) waiting.push_back(begin(machine, name));
  for (int ended = 0; ended <= 3; ++ended) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(has_ended(waiting[static_cast<std::size_t>(i)]), i < ended) << ended;
    bench_.advance(1s);
  }
}

TEST_F(Transitions, AStateMachineThatUsesUpItsBucketDoesNotSlowTheOthers) {
  limit({{100'000, 100'000}, {1'000, 100}});
  const auto endless = begin(bench_.create(kEndlessChoices, "endless"), "x");
  const auto deltas = bench_.store.deltas;
  bench_.advance(10ms);
  EXPECT_LE(bench_.store.deltas, deltas + 1) << "the endless one goes on without tokens";
  EXPECT_TRUE(has_ended(begin(bench_.create(row_of_passes(9), "modest"), "x")));
  EXPECT_FALSE(has_ended(endless));
}

TEST_F(Transitions, AllTogetherHaveOneBucketToo) {
  limit({{1, 1}, {100, 100}});
  EXPECT_TRUE(has_ended(begin(bench_.create(row_of_passes(1), "one"), "x")));
  const auto other = begin(bench_.create(row_of_passes(1), "other"), "x");
  EXPECT_FALSE(has_ended(other));
  bench_.advance(1s);
  EXPECT_TRUE(has_ended(other));
}

TEST_F(Transitions, OneThatWaitsCanBeStopped) {
  limit({{}, {1, 1}});
  const auto arn = begin(bench_.create(kEndlessChoices), "one");
  const auto stopped = bench_.stop(arn);
  bench_.settle();
  ASSERT_TRUE(stopped->has_value());
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Aborted);
  bench_.advance(1h);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Aborted);
}

TEST_F(Transitions, OneThatWaitsTimesOut) {
  limit({{}, {1, 1}});
  const auto arn = begin(bench_.create(kEndlessChoicesInTime), "one");
  bench_.advance(5s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::TimedOut);
}

TEST_F(Transitions, AnAnswerIsStoredWithoutTokensAndTheNextStateWaits) {
  limit({{}, {1, 1}});
  const auto arn = begin(bench_.create(kTaskThenPass), "one");
  bench_.throttles->transitions.spend(bench_.record(arn).state_machine_arn, 10);
  const auto deltas = bench_.store.deltas;
  bench_.tasks.open.begin()->second.done(Payload(Json("done")));
  bench_.settle();
  EXPECT_EQ(bench_.store.deltas, deltas + 1);
  EXPECT_FALSE(has_ended(arn));
  bench_.advance(11s);
  EXPECT_EQ(bench_.record(arn).output, "\"done\"");
}

TEST_F(Transitions, ThoseThatWaitAreParked) {
  bench_.resting_max = 0;
  limit({{}, {1, 1}});
  const auto machine = bench_.create(row_of_passes(1));
  begin(machine, "first");
  const auto two = begin(machine, "two");
  const auto three = begin(machine, "three");
  EXPECT_EQ(bench_.shard->table().parked_count(), 2u);
  bench_.advance(1s);
  EXPECT_TRUE(has_ended(two));
  bench_.advance(1s);
  EXPECT_TRUE(has_ended(three));
}

TEST_F(Transitions, ARestartForgetsNoneThatWaits) {
  limit({{}, {1, 1}});
  const auto machine = bench_.create(row_of_passes(1));
  begin(machine, "first");
  const auto two = begin(machine, "two");
  bench_.restart();
  EXPECT_FALSE(has_ended(two));
  bench_.advance(1s);
  EXPECT_TRUE(has_ended(two));
}

TEST_F(Transitions, ExpressExecutionsUseNoTokens) {
  limit({{1, 1}, {1, 1}});
  const auto ended = bench_.run_express(bench_.create_express(row_of_passes(9)));
  bench_.settle();
  ASSERT_TRUE(ended->has_value());
}

// ---- starts that tasks ask for
// ----------------------------------------------------------------------------------------

constexpr auto kStartsOne =
    R"({"StartAt":"S","States":{"S":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution",
        "Parameters":{"StateMachineArn":"any"},"End":true}}})";
constexpr auto kStartsOneInTime =
    R"({"StartAt":"S","States":{"S":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:sfn:startExecution",
        "Parameters":{"StateMachineArn":"any"},"TimeoutSeconds":10,"End":true}}})";

class NestedStarts : public testing::Test {
 protected:
  static constexpr std::size_t kUnderWay = run::StartQueue::kUnderWay;

  std::vector<std::string> begin(const std::string& machine, std::size_t count, const std::string& prefix = "x") {
    std::vector<std::string> arns;
    for (std::size_t i = 0; i < count; ++i) {
      const auto name = prefix + std::to_string(i);
      bench_.start(machine, name);
      bench_.settle();
      arns.push_back(run::execution_arn(machine, name));
    }
    return arns;
  }
  /// Whose calls are under way.
  std::vector<std::string> callers() const {
    std::vector<std::string> names;
    for (const auto& [attempt, call] : bench_.tasks.open)
      names.push_back(call.origin.execution_arn.substr(call.origin.execution_arn.rfind(':') + 1));
    return names;
  }
  void answer_all(bool throttled) {
    for (auto& [attempt, call] : std::exchange(bench_.tasks.open, {})) {
      call.started();
      throttled ? call.put_off() : call.done(Payload(Json{{"ExecutionArn", "child"}}));
    }
    bench_.settle();
  }

  BenchOfOne bench_;
};

TEST_F(NestedStarts, AFewAreUnderWayAtOnceAndAllComeToTheirTurn) {
  const auto arns = begin(bench_.create(kStartsOne), 3 * kUnderWay);
  EXPECT_EQ(bench_.tasks.open.size(), kUnderWay);
  for (int round = 0; round < 3; ++round) answer_all(false);
  for (const auto& arn : arns) EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

TEST_F(NestedStarts, AThrottledOneIsCalledAgainByTheSameAttempt) {
  const auto arn = begin(bench_.create(kStartsOne), 1).front();
  const auto attempt = bench_.tasks.open.begin()->first;
  for (int again = 0; again < 10; ++again) {
    answer_all(true);
    EXPECT_TRUE(bench_.tasks.open.empty()) << "called again at once";
    bench_.advance(1'600ms);
    ASSERT_EQ(bench_.tasks.open.size(), 1u);
    EXPECT_EQ(bench_.tasks.open.begin()->first, attempt);
  }
  const auto deltas = bench_.store.deltas;
  answer_all(false);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(bench_.store.deltas, deltas + 1);
}

TEST_F(NestedStarts, OneStateMachinesThrottleDoesNotHoldUpAnothersStarts) {
  begin(bench_.create(kStartsOne, "greedy"), 2 * kUnderWay);
  answer_all(true);
  EXPECT_TRUE(bench_.tasks.open.empty());
  begin(bench_.create(kStartsOne, "modest"), 1, "modest");
  EXPECT_THAT(callers(), ElementsAre("modest0"));
}

TEST_F(NestedStarts, TheDeepestGoesFirst) {
  const auto machine = bench_.create(kStartsOne);
  begin(machine, 1);
  answer_all(true);
  for (const std::uint32_t depth : {3u, 7u, 5u}) {
    bench_.lineage.depth = depth;
    begin(machine, kUnderWay / 2, "deep" + std::to_string(depth) + "-");
  }
  bench_.advance(1s);
  const auto called = callers();
  EXPECT_EQ(called.size(), kUnderWay);
  for (const auto& name : called) EXPECT_TRUE(name.starts_with("deep7-") || name.starts_with("deep5-")) << name;
}

TEST_F(NestedStarts, ThoseThatWaitAreParkedAndThoseUnderWayAreNot) {
  bench_.resting_max = 0;
  bench_.restart();
  begin(bench_.create(kStartsOne), kUnderWay + 10);
  EXPECT_EQ(bench_.shard->table().parked_count(), 10u);
  answer_all(true);
  bench_.advance(20ms);  // the news that they began is stored
  EXPECT_EQ(bench_.shard->table().parked_count(), kUnderWay + 10);
  bench_.advance(1s);
  EXPECT_EQ(bench_.shard->table().parked_count(), 10u);
}

TEST_F(NestedStarts, ATaskThatWaitsTimesOutAndItsPlaceIsLost) {
  const auto arn = begin(bench_.create(kStartsOneInTime), 1).front();
  answer_all(true);
  for (int i = 0; i < 9; ++i) {
    bench_.advance(1s);
    answer_all(true);
  }
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Running);
  bench_.advance(1s);
  EXPECT_EQ(bench_.record(arn).error, "States.Timeout") << "each call began the time again";
  bench_.advance(10s);
  EXPECT_TRUE(bench_.tasks.open.empty());
}

TEST_F(NestedStarts, ATaskThatIsNotCalledForLongTimesOutToo) {
  const auto arns = begin(bench_.create(kStartsOneInTime), kUnderWay + 1);
  bench_.advance(10s);
  EXPECT_EQ(bench_.record(arns.back()).error, "States.Timeout");
}

TEST_F(NestedStarts, StoppedExecutionsMakeRoom) {
  const auto arns = begin(bench_.create(kStartsOne), 2 * kUnderWay);
  for (std::size_t i = 0; i < kUnderWay; ++i) {
    bench_.stop(arns[i]);
    bench_.settle();
  }
  EXPECT_EQ(bench_.tasks.open.size(), kUnderWay);
  answer_all(false);
  for (std::size_t i = kUnderWay; i < arns.size(); ++i)
    EXPECT_EQ(bench_.record(arns[i]).status, ExecutionStatus::Succeeded);
}

TEST_F(NestedStarts, ARestartCallsEachOnceAgain) {
  const auto arns = begin(bench_.create(kStartsOne), 2 * kUnderWay);
  answer_all(true);
  bench_.restart();
  bench_.settle();
  EXPECT_EQ(bench_.tasks.open.size(), kUnderWay);
  answer_all(false);
  answer_all(false);
  for (const auto& arn : arns) EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

/// Whatever is throttled, stopped and killed in between, each start is answered once, or its execution was stopped.
TEST_F(NestedStarts, NoneIsLostOrDoubledByThrottles) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::minstd_rand random(seed);
    bench_.resting_max = random() % 40;
    bench_.restart();
    const auto machine = bench_.create(kStartsOne, "m" + std::to_string(seed));
    const auto arns = begin(machine, 150);
    std::set<std::string> stopped;
    std::map<std::string, int> answered;
    for (int round = 0; round < 2'000 && answered.size() + stopped.size() < arns.size(); ++round) {
      const auto chance = random() % 100;
      if (chance < 3) bench_.restart();
      if (chance >= 97) {
        const auto& arn = arns[random() % arns.size()];
        if (answered.count(arn) == 0 && stopped.insert(arn).second) bench_.stop(arn);
      }
      auto calls = std::exchange(bench_.tasks.open, {});
      for (auto& [attempt, call] : calls) {
        if (random() % 3 > 0) {
          call.put_off();
        } else {
          if (stopped.count(call.origin.execution_arn) == 0) ++answered[call.origin.execution_arn];
          call.done(Payload(Json{{"ExecutionArn", "child"}}));
        }
        if (random() % 4 == 0) call.put_off();  // a second answer, which does not count
      }
      bench_.advance(std::chrono::milliseconds(random() % 500));
    }
    for (const auto& arn : arns) {
      const auto expected = stopped.count(arn) > 0 ? ExecutionStatus::Aborted : ExecutionStatus::Succeeded;
      EXPECT_EQ(bench_.record(arn).status, expected) << arn << " seed " << seed;
      EXPECT_EQ(answered[arn], stopped.count(arn) > 0 ? 0 : 1) << arn << " seed " << seed;
    }
  }
}

// ---- a start that runs nothing
// ----------------------------------------------------------------------------------------

TEST(Paused, NothingGoesOnButAStop) {
  BenchOfOne bench;
  const auto called = bench.start(bench.create(kTaskThenPass, "called"), "one");
  const auto waiting = bench.start(
      bench.create(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})", "waiting"), "one");
  bench.settle();
  const auto deltas = bench.store.deltas;
  bench.paused = true;
  bench.restart();
  bench.advance(1h);
  EXPECT_TRUE(bench.tasks.open.empty());
  EXPECT_EQ(bench.store.deltas, deltas);
  const auto stopped = bench.stop(called->arn);
  bench.advance(1h);
  ASSERT_TRUE(stopped->has_value());
  EXPECT_EQ(bench.record(called->arn).status, ExecutionStatus::Aborted);
  EXPECT_EQ(bench.store.deltas, deltas + 1);
  bench.paused = false;
  bench.restart();
  bench.advance(60s);
  EXPECT_EQ(bench.record(waiting->arn).status, ExecutionStatus::Succeeded);
}

}  // namespace
}  // namespace stepd::test
