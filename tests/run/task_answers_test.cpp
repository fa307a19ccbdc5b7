// Tasks that are answered by their tokens, on a shard that is driven step by step: once, whatever is restarted.
#include "engine/core/token.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::Handover;
using run::RefusalCode;
using storage::ExecutionStatus;
namespace command = core::command;

constexpr auto kCallback =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}},"End":true}}})";
constexpr auto kTimedCallback =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}},"TimeoutSeconds":100,
        "HeartbeatSeconds":30,"End":true}}})";
constexpr auto kActivity =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","TimeoutSeconds":100,"HeartbeatSeconds":30,"End":true,
        "Resource":"arn:aws:states:us-east-1:123456789012:activity:sort"}}})";

class TaskAnswers : public testing::Test {
 protected:
  using Reply = std::shared_ptr<std::optional<run::Answer<std::monostate>>>;

  std::string begin(const char* definition) {
    const auto started = bench_.start(bench_.create(definition), "one");
    bench_.settle();
    return started->arn;
  }
  run::TaskCall& call() { return bench_.tasks.open.begin()->second; }
  /// The function that is called has got it.
  std::string token() { return call().input.json()["Payload"]["token"].get<std::string>(); }
  /// The call was answered, and its time has begun.
  std::string submit() {
    const auto text = token();
    call().started();
    call().done(Payload(Json{{"StatusCode", 200}}));
    bench_.settle();
    return text;
  }

  Reply say(const std::string& token, const std::function<core::Command(const core::TaskToken&)>& what) {
    auto reply = std::make_shared<std::optional<run::Answer<std::monostate>>>();
    const auto read = core::read_task_token(token);
    bench_.shard->task_tokens().answer(*read, what(*read), [reply](auto answer) { reply->emplace(std::move(answer)); });
    return reply;
  }
  Reply succeed(const std::string& token) {
    return say(token, [](const auto& to) { return command::TaskSuccess{to.frame, to.number, Payload(Json("done"))}; });
  }
  Reply beat(const std::string& token) {
    return say(token, [](const auto& to) { return command::TaskHeartbeat{to.frame, to.number}; });
  }
  std::optional<RefusalCode> refusal(const Reply& reply) {
    bench_.settle();
    if (!reply->has_value()) {
      ADD_FAILURE() << "no reply";
      return {};
    }
    return (*reply)->has_value() ? std::nullopt : std::optional((*reply)->error().code);
  }
  /// A worker takes the task of the activity.
  Handover take(const std::string& worker = "w") {
    auto handed = std::make_shared<std::optional<Handover>>();
    call().take(worker, [handed](Handover given) { *handed = std::move(given); });
    bench_.settle();
    return handed->value_or(Handover{Handover::Outcome::Unavailable, "no answer"});
  }
  ExecutionStatus status(const std::string& arn) { return bench_.record(arn).status; }

  BenchOfOne bench_;
};

TEST_F(TaskAnswers, AnAnswerIsTakenOnce) {
  const auto arn = begin(kCallback);
  const auto token = submit();
  EXPECT_EQ(refusal(succeed(token)), std::nullopt);
  EXPECT_EQ(bench_.record(arn).output, "\"done\"");
  EXPECT_EQ(refusal(succeed(token)), RefusalCode::TaskTimedOut);
  EXPECT_EQ(refusal(beat(token)), RefusalCode::TaskTimedOut);
}

TEST_F(TaskAnswers, ItIsConfirmedWhenItIsStored) {
  begin(kCallback);
  const auto token = submit();
  bench_.store.held = true;
  const auto reply = succeed(token);
  bench_.settle();
  EXPECT_FALSE(reply->has_value());
  bench_.store.release();
  EXPECT_EQ(refusal(reply), std::nullopt);
}

TEST_F(TaskAnswers, AnAnswerWhoseConfirmationACrashSwallowedCountsAllTheSame) {
  const auto arn = begin(kCallback);
  const auto token = submit();
  const auto reply = succeed(token);
  bench_.restart();
  bench_.settle();
  EXPECT_FALSE(reply->has_value());
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
  EXPECT_EQ(refusal(succeed(token)), RefusalCode::TaskTimedOut);
}

TEST_F(TaskAnswers, AnAnswerThatACrashSwallowedMayBeGivenAgain) {
  const auto arn = begin(kCallback);
  const auto token = submit();
  bench_.store.held = true;
  succeed(token);
  bench_.store.lose_waiting();
  bench_.restart();
  bench_.settle();
  EXPECT_TRUE(bench_.tasks.open.empty()) << "the call that handed the token out is not made again";
  EXPECT_EQ(refusal(succeed(token)), std::nullopt);
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(TaskAnswers, WhoIsToldThatNothingIsStoredMayAskAgain) {
  const auto arn = begin(kCallback);
  const auto token = submit();
  bench_.store.refusals = {storage::Outcome::Unavailable};
  EXPECT_EQ(refusal(succeed(token)), RefusalCode::ServiceUnavailable);
  bench_.advance(2s);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  EXPECT_EQ(refusal(succeed(token)), std::nullopt);
}

TEST_F(TaskAnswers, ACallUnderWayIsMadeAgainAfterARestartWithTheSameToken) {
  begin(kCallback);
  const auto before = token();
  call().started();
  bench_.advance(1s);
  bench_.restart();
  bench_.settle();
  ASSERT_EQ(bench_.tasks.open.size(), 1u);
  EXPECT_EQ(token(), before);
}

TEST_F(TaskAnswers, ATokenThatIsNotTheExecutionsOwnIsInvalid) {
  const auto arn = begin(kCallback);
  const auto token = submit();
  core::Execution stranger;
  core::Event started;
  started.number = started.history_id = 1;
  started.body = core::event::ExecutionStarted{{arn, "", "", "", "", "", "another 16 bytes"}, Payload(), "T", {}};
  core::absorb(stranger, started);
  const auto forged = core::task_token(stranger, core::kRootFrame, 3);
  EXPECT_EQ(refusal(succeed(forged)), RefusalCode::InvalidToken);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  EXPECT_EQ(refusal(succeed(token)), std::nullopt);
  EXPECT_EQ(refusal(succeed(forged)), RefusalCode::InvalidToken) << "also once the execution has ended";
}

TEST_F(TaskAnswers, ATokenOfAnUnknownExecutionNamesNoTask) {
  core::Execution unknown;
  core::Event started;
  started.number = started.history_id = 1;
  started.body = core::event::ExecutionStarted{
      {"arn:aws:states:us-east-1:123456789012:execution:gone:one", "", "", "", "", "", "s"}, Payload(), "T", {}};
  core::absorb(unknown, started);
  EXPECT_EQ(refusal(succeed(core::task_token(unknown, core::kRootFrame, 3))), RefusalCode::TaskDoesNotExist);
}

TEST_F(TaskAnswers, TimeAndHeartbeatsOfACallbackGoOnOverARestart) {
  const auto arn = begin(kTimedCallback);
  const auto token = submit();
  bench_.advance(20s);
  EXPECT_EQ(refusal(beat(token)), std::nullopt);
  bench_.advance(20s);
  bench_.restart();
  bench_.advance(9s);
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  bench_.advance(1s);
  EXPECT_EQ(bench_.record(arn).error, "States.Timeout") << "30 s after the last heartbeat";
  EXPECT_EQ(refusal(succeed(token)), RefusalCode::TaskTimedOut);
}

TEST_F(TaskAnswers, HeartbeatsDoNotExtendTheTimeout) {
  const auto arn = begin(kTimedCallback);
  const auto token = submit();
  for (int i = 0; i < 4; ++i) {
    bench_.advance(24s);
    EXPECT_EQ(refusal(beat(token)), std::nullopt);
  }
  bench_.advance(4s);
  EXPECT_EQ(status(arn), ExecutionStatus::Failed);
}

TEST_F(TaskAnswers, TheTokenOfAnActivityIsGivenOutWhenItsWorkerIsStored) {
  begin(kActivity);
  bench_.store.held = true;
  std::optional<Handover> handed;
  call().take("w", [&](Handover given) { handed = std::move(given); });
  bench_.settle();
  EXPECT_FALSE(handed);
  bench_.store.release();
  bench_.settle();
  ASSERT_TRUE(handed);
  EXPECT_EQ(handed->outcome, Handover::Outcome::Taken);
  EXPECT_EQ(refusal(succeed(handed->token)), std::nullopt);
}

TEST_F(TaskAnswers, AnActivityThatNobodyTookIsOfferedAgainAfterARestartAndItsTimeHasNotBegun) {
  const auto arn = begin(kActivity);
  bench_.advance(500s);
  bench_.restart();
  bench_.settle();
  EXPECT_EQ(status(arn), ExecutionStatus::Running);
  EXPECT_EQ(take().outcome, Handover::Outcome::Taken);
}

TEST_F(TaskAnswers, AnActivityThatAWorkerHasIsNotOfferedAgain) {
  const auto arn = begin(kActivity);
  const auto token = take().token;
  bench_.advance(20s);
  bench_.restart();
  bench_.settle();
  EXPECT_TRUE(bench_.tasks.open.empty());
  EXPECT_EQ(refusal(beat(token)), std::nullopt);
  bench_.advance(29s);
  EXPECT_EQ(refusal(succeed(token)), std::nullopt);
  EXPECT_EQ(status(arn), ExecutionStatus::Succeeded);
}

TEST_F(TaskAnswers, AWorkerCannotTakeWhatIsNoLongerAwaited) {
  const auto arn = begin(kActivity);
  const auto kept = call();
  bench_.stop(arn);
  bench_.settle();
  EXPECT_EQ(bench_.tasks.cancelled.size(), 1u);
  std::optional<Handover> handed;
  kept.take("w", [&](Handover given) { handed = std::move(given); });
  bench_.settle();
  ASSERT_TRUE(handed);
  EXPECT_EQ(handed->outcome, Handover::Outcome::Gone);
}

TEST_F(TaskAnswers, AnActivityThatTimesOutIsWithdrawnAndItsTokenIsStale) {
  const auto arn = begin(kActivity);
  const auto token = take().token;
  bench_.advance(31s);
  EXPECT_EQ(bench_.record(arn).error, "States.Timeout");
  EXPECT_EQ(bench_.tasks.cancelled.size(), 1u);
  EXPECT_EQ(refusal(succeed(token)), RefusalCode::TaskTimedOut);
}

}  // namespace
}  // namespace stepd::test
