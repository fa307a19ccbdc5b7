// Tasks whose answer comes later: which command is taken in which order, and which is refused.
#include "base/limits.h"
#include "engine/core/compile.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace core;

constexpr auto kCallback = "arn:aws:states:::lambda:invoke.waitForTaskToken";
constexpr auto kActivity = "arn:aws:states:us-east-1:123456789012:activity:sort";

World world_of(const std::string& resource, std::optional<int> timeout = {}) {
  Json task{{"Type", "Task"}, {"Resource", resource}, {"End", true}};
  if (timeout) task["TimeoutSeconds"] = *timeout;
  World world(compile(Json{{"StartAt", "T"}, {"States", {{"T", std::move(task)}}}}).definition);
  world.start(Payload());
  return world;
}

Awaited first_awaited(const World& world) { return world.execution().awaited().front(); }

TEST(LateAnswers, ASubmittedTaskIsNotCalledAgain) {
  auto world = world_of(kCallback);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  EXPECT_EQ(kind, Awaited::Kind::Task);
  world.command(command::TaskStart{frame, token, ""});
  world.restart();
  EXPECT_EQ(first_awaited(world).kind, Awaited::Kind::Task) << "a call under way is made again";
  EXPECT_FALSE(world.command(command::TaskSubmit{frame, token, Payload()}).rejection);
  world.restart();
  EXPECT_EQ(first_awaited(world).kind, Awaited::Kind::Answer);
  EXPECT_EQ(world.command(command::TaskSubmit{frame, token, Payload()}).rejection, Rejection::TaskUnknown);
  EXPECT_EQ(world.command(command::TaskStart{frame, token, ""}).rejection, Rejection::TaskUnknown);
  EXPECT_FALSE(world.command(command::TaskSuccess{frame, token, Payload()}).rejection);
  EXPECT_EQ(world.execution().status(), Status::Succeeded);
}

TEST(LateAnswers, AnAnswerMayComeBeforeTheCallReturns) {
  auto world = world_of(kCallback);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  EXPECT_FALSE(world.command(command::TaskSuccess{frame, token, Payload(Json("early"))}).rejection);
  EXPECT_EQ(world.command(command::TaskSubmit{frame, token, Payload()}).rejection, Rejection::TaskUnknown);
  EXPECT_EQ(world.execution().output()->text(), "\"early\"");
}

TEST(LateAnswers, ACallThatFailsFailsTheTask) {
  auto world = world_of(kCallback);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskStart{frame, token, ""});
  world.command(command::TaskFailure{frame, token, {"Lambda.Unknown", "gone"}});
  const std::vector<std::string> expected{
      "1<0 ExecutionStarted", "2<0 TaskStateEntered T",        "3<2 TaskScheduled",
      "4<3 TaskStarted",      "5<4 TaskFailed Lambda.Unknown", "6<5 ExecutionFailed Lambda.Unknown"};
  EXPECT_EQ(world.history(), expected);
}

TEST(LateAnswers, ACallsAnswerHasALimit) {
  auto world = world_of(kCallback);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskSubmit{frame, token, Payload(Json(std::string(limits::kPayloadBytes, 'x')))});
  EXPECT_EQ(world.execution().failure().error, "States.DataLimitExceeded");
}

TEST(LateAnswers, TheTimeOfASubmittedTaskGoesOnOverARestart) {
  auto world = world_of(kCallback, 30);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskSubmit{frame, token, Payload()});
  const auto before = world.execution().awaited();
  ASSERT_EQ(before.size(), 2u) << "the answer and its time limit";
  world.restart();
  EXPECT_EQ(world.execution().awaited(), before);
}

TEST(LateAnswers, AnOfferedActivityHasNoAnswerYet) {
  auto world = world_of(kActivity);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  EXPECT_EQ(kind, Awaited::Kind::Task);
  EXPECT_EQ(world.command(command::TaskSuccess{frame, token, Payload()}).rejection, Rejection::TaskUnknown);
  EXPECT_EQ(world.command(command::TaskFailure{frame, token, {}}).rejection, Rejection::TaskUnknown);
  EXPECT_EQ(world.command(command::TaskHeartbeat{frame, token}).rejection, Rejection::TaskUnknown);
  world.restart();
  EXPECT_EQ(first_awaited(world).kind, Awaited::Kind::Task) << "it is offered again";
  world.command(command::TaskStart{frame, token, "first"});
  world.restart();
  EXPECT_EQ(first_awaited(world).kind, Awaited::Kind::Answer) << "it is not";
}

TEST(LateAnswers, AnActivitysTimeBeginsAnewForTheNextWorker) {
  auto world = world_of(kActivity, 30);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskStart{frame, token, "vanished"});
  const auto shown = world.history();
  EXPECT_FALSE(world.command(command::TaskStart{frame, token, "next"}).rejection);
  EXPECT_EQ(world.history(), shown) << "one task, one ActivityStarted";
}

TEST(LateAnswers, ATaskThatNobodyCanTakeUpIsNotScheduled) {
  auto world = world_of(kActivity);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskRefuse{frame, token, {"States.Runtime", "no such activity"}});
  const std::vector<std::string> expected{"1<0 ExecutionStarted", "2<0 TaskStateEntered T", "3<2 ActivityScheduled",
                                          "4<3 ActivityScheduleFailed States.Runtime",
                                          "5<4 ExecutionFailed States.Runtime"};
  EXPECT_EQ(world.history(), expected);
}

TEST(LateAnswers, ARefusalThatComesTooLateIsIgnored) {
  auto world = world_of(kActivity);
  const auto [kind, frame, token, due, absolute] = first_awaited(world);
  world.command(command::TaskStart{frame, token, "w"});
  EXPECT_EQ(world.command(command::TaskRefuse{frame, token, {}}).rejection, Rejection::TaskUnknown);
}

}  // namespace
}  // namespace stepd::test
