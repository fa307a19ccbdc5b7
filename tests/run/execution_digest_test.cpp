// The digest of an execution: each state's fate, made of events alone.
#include "engine/run/digest/execution_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::run {
namespace {

using core::FrameId;
using core::kRootFrame;
using testing::Contains;
using testing::Pair;
namespace event = core::event;

class DigestTest : public testing::Test {
 protected:
  void happen(core::EventBody body, FrameId frame = kRootFrame) {
    core::Event event;
    event.number = ++number_;
    event.history_id = number_;
    event.frame = frame;
    event.at = Instant(std::chrono::milliseconds(1'000 * number_));
    event.body = std::move(body);
    maker_.take(event);
  }
  void enter(const char* state, FrameId frame = kRootFrame, const char* type = "Task") {
    happen(event::StateEntered{state, type, {}}, frame);
  }
  void exit(const char* state, FrameId frame = kRootFrame) {
    happen(event::StateExited{state, "Task", {}, {}, ""}, frame);
  }
  void fail_task(FrameId frame = kRootFrame) {
    happen(event::TaskScheduled{}, frame);
    happen(event::TaskFailed{{}, {"E", "why"}}, frame);
  }
  const StateDigest& state(const char* name) const { return *maker_.digest().find(name); }

  DigestMaker maker_;
  core::EventNumber number_ = 0;
};

TEST_F(DigestTest, ARetryThatSucceedsIsOneVisitOfTwoAttempts) {
  enter("A");
  fail_task();
  happen(event::RetryPlanned{0, {}});
  EXPECT_TRUE(state("A").visits[0].waits);
  happen(event::TaskScheduled{});
  EXPECT_FALSE(state("A").visits[0].waits);
  happen(event::TaskSucceeded{});
  exit("A");
  EXPECT_EQ(state("A").retries, 1u);
  EXPECT_EQ(state("A").running(), 0u);
  ASSERT_EQ(state("A").visits.size(), 1u);
  EXPECT_EQ(state("A").visits[0].end, VisitEnd::Succeeded);
  ASSERT_EQ(state("A").visits[0].attempts.size(), 2u);
  EXPECT_EQ(state("A").visits[0].attempts[0].error, "E");
  EXPECT_EQ(state("A").visits[0].attempts[1].error, "");
}

TEST_F(DigestTest, ACaughtFailureIsNotTheExecutions) {
  enter("A");
  fail_task();
  enter("Handler");
  EXPECT_EQ(state("A").count(VisitEnd::Caught), 1u);
  EXPECT_EQ(state("A").error, "E");
  exit("Handler");
  happen(event::ExecutionSucceeded{});
  EXPECT_EQ(maker_.digest().failed_state, "");
  EXPECT_THAT(maker_.digest().ways, Contains(Pair("A", "Handler")));
}

TEST_F(DigestTest, AStateThatHandsACaughtFailureOnExitsAndIsCaughtAllTheSame) {
  enter("A");
  fail_task();
  exit("A");
  enter("Handler");
  EXPECT_EQ(state("A").count(VisitEnd::Caught), 1u);
  EXPECT_EQ(state("A").count(VisitEnd::Succeeded), 0u);
  EXPECT_THAT(maker_.digest().ways, Contains(Pair("A", "Handler")));
}

TEST_F(DigestTest, TheInnermostFailureIsTheExecutionsAndItsSiblingsAreAborted) {
  enter("P", kRootFrame, "Parallel");
  happen(event::BranchesOpened{});
  enter("Left", FrameId{2});
  enter("Right", FrameId{3});
  fail_task(FrameId{2});
  happen(event::FrameFailed{{"E", "why"}}, FrameId{2});
  happen(event::StateAborted{"Task"}, FrameId{3});
  happen(event::JoinFailed{"Parallel"});
  happen(event::ExecutionFailed{{"E", "why"}});
  EXPECT_EQ(maker_.digest().failed_state, "Left");
  EXPECT_EQ(state("Left").count(VisitEnd::Failed), 1u);
  EXPECT_EQ(state("Right").count(VisitEnd::Aborted), 1u);
  EXPECT_EQ(state("P").count(VisitEnd::Failed), 1u);
}

TEST_F(DigestTest, ARedriveOpensTheVisitAgain) {
  enter("A");
  fail_task();
  happen(event::ExecutionFailed{{"E", "why"}});
  EXPECT_EQ(maker_.digest().failed_state, "A");
  happen(event::ExecutionRedriven{});
  happen(event::TaskScheduled{});
  EXPECT_EQ(state("A").running(), 1u);
  EXPECT_EQ(maker_.digest().failed_state, "");
  happen(event::TaskSucceeded{});
  exit("A");
  EXPECT_EQ(state("A").visits[0].end, VisitEnd::Succeeded);
  EXPECT_EQ(state("A").count(VisitEnd::Failed), 0u);
}

TEST_F(DigestTest, VisitsBeyondTheLimitAreCountedAndEventsKnowTheirState) {
  constexpr std::uint32_t kMany = 1'000;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    enter("Item", FrameId{2 + i});
    exit("Item", FrameId{2 + i});
  }
  EXPECT_EQ(state("Item").entered, kMany);
  EXPECT_EQ(state("Item").count(VisitEnd::Succeeded), kMany);
  EXPECT_EQ(state("Item").visits.size(), kDigestVisits);
  EXPECT_EQ(maker_.digest().state_name_of(1'500), "Item");
  EXPECT_EQ(maker_.digest().state_name_of(0), "");
  EXPECT_EQ(maker_.digest().state_name_of(kMany * 2 + 1), "");
}

}  // namespace
}  // namespace stepd::run
