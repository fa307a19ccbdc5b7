// Somebody sets the system's clock while executions wait.
#include "engine/run/clock_watch.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;
using testing::HasSubstr;
using testing::Optional;

class SetClock : public testing::Test {
 protected:
  std::string begin(const std::string& state) {
    const auto started = bench_.start(bench_.create(R"({"StartAt":"S","States":{"S":)" + state + "}}"), "one");
    bench_.settle();
    return started->arn;
  }
  ExecutionStatus status(const std::string& arn) { return bench_.record(arn).status; }
  void jump(std::chrono::milliseconds by) {
    bench_.clock.jump(by);
    bench_.settle();
  }

  BenchOfOne bench_;
};

constexpr auto kWaitFive = R"({"Type":"Wait","Seconds":5,"End":true})";

TEST_F(SetClock, AWaitGoesOnWhenTheClockIsSetBack) {
  const auto arn = begin(kWaitFive);
  jump(-2h);
  bench_.advance(4999ms);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  bench_.advance(1ms);
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(SetClock, AWaitIsNotShortenedWhenTheClockIsSetForward) {
  const auto arn = begin(kWaitFive);
  jump(2h);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  bench_.advance(5s);
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(SetClock, AWaitKeepsItsLengthIfTheClockIsSetWhileItIsStored) {
  const auto machine = bench_.create(std::string(R"({"StartAt":"S","States":{"S":)") + kWaitFive + "}}");
  bench_.store.held = true;
  const auto started = bench_.start(machine, "one");
  bench_.settle();
  bench_.clock.jump(2h);
  bench_.store.release();
  bench_.settle();
  bench_.advance(4999ms);
  EXPECT_EQ(status(started->arn), ExecutionStatus::Running);
  bench_.advance(1ms);
  EXPECT_EQ(status(started->arn), ExecutionStatus::Succeeded);
}

TEST_F(SetClock, AWaitForADateFollowsTheDate) {
  const auto date = to_rfc3339(bench_.clock.now() + 2h);
  const auto arn = begin(R"({"Type":"Wait","Timestamp":")" + date + R"(","End":true})");
  jump(1h);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  jump(1h);
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(SetClock, AfterARestartTheStoredDateCounts) {
  const auto arn = begin(kWaitFive);
  bench_.clock.jump(1h);
  bench_.restart();
  bench_.settle();
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(SetClock, ATaskTimesOutInItsTime) {
  const auto arn = begin(R"({"Type":"Task","Resource":"f","TimeoutSeconds":10,"End":true})");
  bench_.tasks.open.begin()->second.started();
  bench_.settle();
  jump(-2h);
  bench_.advance(9s);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  bench_.advance(1s);
  EXPECT_EQ(bench_.record(arn).error, "States.Timeout");
}

TEST_F(SetClock, TheLogSaysSo) {
  run::ClockWatch watch(*bench_.loop, bench_.clock);
  EXPECT_EQ(watch.look(), std::nullopt);
  bench_.advance(1h);
  EXPECT_EQ(watch.look(), std::nullopt) << "time passes";
  bench_.clock.jump(-2h);
  EXPECT_THAT(watch.look(), Optional(HasSubstr("set back by 7200 s")));
  EXPECT_EQ(watch.look(), std::nullopt) << "said once";
  bench_.clock.jump(90s);
  EXPECT_THAT(watch.look(), Optional(HasSubstr("set forward by 90 s")));
}

}  // namespace
}  // namespace stepd::test
