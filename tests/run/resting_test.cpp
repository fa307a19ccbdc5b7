// Executions that wait are parked: their state leaves memory, and comes back when somebody needs it.
#include "engine/core/token.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;

constexpr auto kMinuteThenPass =
    R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"Next":"P"},"P":{"Type":"Pass","End":true}}})";
constexpr auto kTwoWaits =
    R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":60,"Next":"B"},"B":{"Type":"Wait","Seconds":60,"End":true}}})";
constexpr auto kTokenWait =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}},"TimeoutSeconds":100,"End":true}}})";

class Resting : public testing::Test {
 protected:
  Resting() {
    bench_.resting_max = 0;
    bench_.restart();
  }
  std::string begin(const char* definition, const std::string& input = R"({"n":1})") {
    const auto started = bench_.start(bench_.create(definition), "one", input);
    bench_.settle();
    return started->arn;
  }
  std::size_t parked() const { return bench_.shard->table().parked_count(); }
  /// Of a task whose call has been answered, so that only its token ends it.
  core::TaskToken submitted_token() {
    auto& call = bench_.tasks.open.begin()->second;
    const auto text = call.input.json()["Payload"]["token"].get<std::string>();
    call.started();
    call.done(Payload(Json{{"StatusCode", 200}}));
    bench_.settle();
    return *core::read_task_token(text);
  }
  std::optional<bool> answered(const core::TaskToken& token, core::Command answer) {
    std::optional<bool> taken;
    bench_.shard->task_tokens().answer(token, std::move(answer), [&](auto reply) { taken = reply.has_value(); });
    bench_.settle();
    return taken;
  }

  BenchOfOne bench_;
};

TEST_F(Resting, AWaitIsParkedAndEndsInTime) {
  const auto arn = begin(kMinuteThenPass);
  EXPECT_EQ(parked(), 1u);
  bench_.advance(59s);
  EXPECT_EQ(parked(), 1u);
  bench_.advance(1s);
  EXPECT_EQ(parked(), 0u);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(bench_.record(arn).output, R"({"n":1})");
}

TEST_F(Resting, TheNextWaitIsParkedAgain) {
  const auto arn = begin(kTwoWaits);
  bench_.advance(60s);
  EXPECT_EQ(parked(), 1u);
  bench_.advance(60s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

TEST_F(Resting, TheLastOnesStayInMemory) {
  bench_.resting_max = 2;
  bench_.restart();
  const auto machine = bench_.create(kMinuteThenPass);
  for (const auto* name : {"a", "b", "c", "d", "e"}) bench_.start(machine, name);
  bench_.settle();
  EXPECT_EQ(parked(), 3u);
  EXPECT_EQ(bench_.shard->table().stored_count(), 5u);
  bench_.advance(60s);
  EXPECT_EQ(parked(), 0u);
  EXPECT_EQ(bench_.shard->table().stored_count(), 0u);
}

TEST_F(Resting, AShortWaitIsNotWorthIt) {
  begin(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Timestamp":"1970-01-01T00:00:00Z","End":true}}})");
  EXPECT_EQ(parked(), 0u);
}

TEST_F(Resting, ATaskThatRunsHereKeepsItsExecutionInMemory) {
  begin(kTokenWait);
  EXPECT_EQ(parked(), 0u);
  submitted_token();
  EXPECT_EQ(parked(), 1u);
}

TEST_F(Resting, AParkedTaskIsAnsweredByItsTokenOnce) {
  const auto arn = begin(kTokenWait);
  const auto token = submitted_token();
  ASSERT_EQ(parked(), 1u);
  const core::command::TaskSuccess answer{token.frame, token.number, Payload(Json("done"))};
  EXPECT_EQ(answered(token, answer), true);
  EXPECT_EQ(bench_.record(arn).output, R"("done")");
  EXPECT_EQ(answered(token, answer), false);
}

TEST_F(Resting, AHeartbeatLeavesItParked) {
  begin(kTokenWait);
  const auto token = submitted_token();
  EXPECT_EQ(answered(token, core::command::TaskHeartbeat{token.frame, token.number}), true);
  EXPECT_EQ(parked(), 1u);
}

TEST_F(Resting, AParkedTaskTimesOut) {
  const auto arn = begin(kTokenWait);
  submitted_token();
  bench_.advance(100s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Failed);
  EXPECT_EQ(bench_.record(arn).error, "States.Timeout");
}

TEST_F(Resting, AParkedExecutionIsStopped) {
  const auto arn = begin(kMinuteThenPass);
  const auto answer = bench_.stop(arn);
  bench_.settle();
  ASSERT_TRUE(*answer);
  EXPECT_TRUE((*answer)->has_value());
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Aborted);
  EXPECT_FALSE(bench_.loop->next_due()) << "its timer is taken back";
}

TEST_F(Resting, TheSameStartOfAParkedExecutionIsTheSame) {
  const auto arn = begin(kMinuteThenPass);
  const auto machine = bench_.record(arn).state_machine_arn;
  const auto same = bench_.start(machine, "one", R"({"n":1})");
  const auto other = bench_.start(machine, "one", R"({"n":2})");
  bench_.settle();
  EXPECT_EQ(same->arn, arn);
  ASSERT_TRUE(other->refusal);
  EXPECT_EQ(other->refusal->code, run::RefusalCode::ExecutionAlreadyExists);
  EXPECT_EQ(parked(), 1u);
}

TEST_F(Resting, VisitsWaitForTheReadAndKeepTheirOrder) {
  const auto arn = begin(kMinuteThenPass);
  bench_.hold_reads = true;
  const auto machine = bench_.record(arn).state_machine_arn;
  const auto same = bench_.start(machine, "one", R"({"n":1})");
  const auto stopped = bench_.stop(arn);
  const auto late = bench_.stop(arn);
  bench_.settle();
  EXPECT_FALSE(same->answered);
  EXPECT_FALSE(bench_.shard->idle());
  ASSERT_EQ(bench_.reads.size(), 1u) << "it is read once";
  bench_.hold_reads = false;
  bench_.reads.front()();
  bench_.settle();
  EXPECT_EQ(same->arn, arn);
  ASSERT_TRUE(*stopped && *late);
  EXPECT_TRUE((*stopped)->has_value() && (*late)->has_value());
  EXPECT_EQ((*stopped)->value().stopped_at, (*late)->value().stopped_at);
  EXPECT_TRUE(bench_.shard->idle());
}

TEST_F(Resting, AVisitThatLeavesItWaitingDoesNotCostTheNextOne) {
  const auto arn = begin(kTokenWait);
  const auto token = submitted_token();
  ASSERT_EQ(parked(), 1u);
  bench_.hold_reads = true;
  std::vector<bool> taken;
  const auto note = [&](const auto& reply) { taken.push_back(reply.has_value()); };
  auto& tokens = bench_.shard->task_tokens();
  tokens.answer(token, core::command::TaskHeartbeat{token.frame, token.number}, note);
  tokens.answer(token, core::command::TaskSuccess{token.frame, token.number, Payload(Json("done"))}, note);
  bench_.hold_reads = false;
  bench_.reads.front()();
  bench_.settle();
  EXPECT_THAT(taken, testing::ElementsAre(true, true));
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

TEST_F(Resting, ADiskThatDoesNotAnswerOnceIsAskedAgain) {
  const auto arn = begin(kMinuteThenPass);
  bench_.store.faulty().fail_reads(bench_.record(arn).id, 3, storage::Hope::Little);
  bench_.advance(60s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Running);
  EXPECT_FALSE(bench_.shard->idle()) << "it is still being read";
  for (int i = 0; i < 5; ++i) bench_.advance(1s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

TEST_F(Resting, ADiskThatNeverAnswersCostsTheExecution) {
  const auto arn = begin(kMinuteThenPass);
  bench_.store.faulty().fail_reads(bench_.record(arn).id, 1'000, storage::Hope::Little);
  for (int i = 0; i < 30; ++i) bench_.advance(4s);
  EXPECT_EQ(parked(), 0u);
  EXPECT_TRUE(bench_.shard->idle()) << "it is given up";
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Running);
}

TEST_F(Resting, AStoreThatIsLockedIsWaitedFor) {
  const auto arn = begin(kMinuteThenPass);
  bench_.store.faulty().fail_reads(bench_.record(arn).id, 40, storage::Hope::Good);
  for (int i = 0; i < 80; ++i) bench_.advance(5s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
}

TEST_F(Resting, WhatIsDamagedIsNotReadAgain) {
  const auto arn = begin(kMinuteThenPass);
  bench_.store.faulty().fail_reads(bench_.record(arn).id, 1, storage::Hope::None);
  bench_.advance(60s);
  EXPECT_EQ(parked(), 0u);
  bench_.advance(60s);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Running) << "a later read would have been good";
}

TEST_F(Resting, AParentIsToldOfTheEndOfItsParkedChild) {
  const auto arn = begin(kMinuteThenPass);
  bench_.shard->children().watch(arn, {"parent", core::kRootFrame, 7, true});
  EXPECT_EQ(parked(), 1u) << "a watch needs no state";
}

}  // namespace
}  // namespace stepd::test
