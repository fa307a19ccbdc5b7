// EXPRESS executions that fail without a log group: what the daemon's log is told, and how often.
#include "engine/run/unlogged_failures.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kFails = R"({"StartAt":"No","States":{"No":{"Type":"Fail","Error":"Bad","Cause":"a\n\"b\""}}})";
constexpr auto kTask =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","Next":"P"},"P":{"Type":"Pass","End":true}}})";

class Unlogged : public testing::Test {
 protected:
  Unlogged() {
    bench.listeners = {&failures};
    bench.restart();
  }
  /// Answers the only task that is open.
  void answer(Result<Payload> result) {
    bench.settle();
    ASSERT_EQ(bench.tasks.open.size(), 1u);
    auto call = std::move(bench.tasks.open.begin()->second);
    bench.tasks.open.clear();
    call.done(std::move(result));
    bench.settle();
  }
  void fail_once(const std::string& machine) {
    bench.run_express(machine, "n");
    bench.settle();
  }

  std::vector<std::string> lines;
  run::UnloggedFailures failures{[this](const std::string& line) { lines.push_back(line); }};
  BenchOfOne bench;
};

TEST_F(Unlogged, AFailureIsOneLineWithStateErrorAndCause) {
  fail_once(bench.create_express(kFails, "m"));
  EXPECT_THAT(lines, ElementsAre(AllOf(HasSubstr(":express:m:n:"),
                                       HasSubstr(R"( failed in state "No", error "Bad", cause "a\n\"b\"";)"))));
}

TEST_F(Unlogged, TheStateIsTheOneThatFailedThoughItsTaskWasAnsweredLater) {
  bench.run_express(bench.create_express(kTask), "n");
  answer(AslError{"Image.Corrupt", "cut short"});
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"( failed in state "T", error "Image.Corrupt", cause "cut short")")));
}

TEST_F(Unlogged, TheStateIsTheInnermostOne) {
  fail_once(bench.create_express(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Fail","Error":"Inner"}}}]}}})"));
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"(in state "B", error "Inner")")));
}

TEST_F(Unlogged, WhatWasCaughtOrRetriedIsForgotten) {
  fail_once(bench.create_express(R"({"StartAt":"P","States":{
      "P":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Last"}],"Branches":[
        {"StartAt":"B","States":{"B":{"Type":"Fail","Error":"Inner"}}}]},
      "Last":{"Type":"Fail"}}})"));
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"( failed in state "Last"; its EXPRESS)")));
}

TEST_F(Unlogged, ATimeoutNamesTheStateThatItInterrupts) {
  bench.run_express(bench.create_express(kTask), "n");
  bench.advance(301s);
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"( timed out in state "T")")));
}

TEST_F(Unlogged, SuccessStandardAndALogGroupAreNoWarning) {
  bench.run_express(bench.create_express(kTask), "n");
  answer(Payload());
  bench.start(bench.create(kFails, "standard"), "n");
  bench.settle();
  const auto logged = bench.create({"logged", kFails, "arn:aws:iam::123456789012:role/r",
                                    storage::StateMachineType::Express, R"({"loggingConfiguration":{"level":"FATAL",
      "destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:123456789012:log-group:/g:*"}}]}})"});
  fail_once(logged);
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(Unlogged, OfManyTheRestIsCountedAndToldLater) {
  const auto machine = bench.create_express(kFails);
  for (int i = 0; i < 25; ++i) fail_once(machine);
  ASSERT_THAT(lines, SizeIs(run::UnloggedFailures::kMost + 1));
  EXPECT_THAT(lines.back(), EndsWith("for a while they are only counted"));
  bench.advance(run::UnloggedFailures::kSpan);
  fail_once(machine);
  ASSERT_THAT(lines, SizeIs(run::UnloggedFailures::kMost + 3));
  EXPECT_EQ(lines[11], "15 more EXPRESS executions without a log group did not succeed");
}

TEST_F(Unlogged, WhatIsOnlyCountedIsToldAtTheEnd) {
  {
    run::UnloggedFailures own([this](const std::string& line) { lines.push_back(line); });
    bench.listeners = {&own};
    bench.restart();
    const auto machine = bench.create_express(kFails);
    for (int i = 0; i < 12; ++i) fail_once(machine);
    bench.listeners.clear();
    bench.restart();
  }
  EXPECT_EQ(lines.back(), "2 more EXPRESS executions without a log group did not succeed");
}

TEST_F(Unlogged, ALongCauseIsCut) {
  fail_once(bench.create_express(R"({"StartAt":"No","States":{"No":{"Type":"Fail","Cause":")" +
                                 std::string(5'000, 'x') + R"("}}})"));
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"(x" ... (5000 bytes);)")));
  EXPECT_LT(lines[0].size(), 1'500u);
}

}  // namespace
}  // namespace stepd::test
