// The desk where tasks of activities meet workers, on a loop that is driven by hand.
#include "base/limits.h"
#include "engine/run/activities.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::Handover;
using run::RefusalCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kArn = "arn:aws:states:us-east-1:123456789012:activity:sort";

class DeskTest : public testing::Test {
 protected:
  struct Worker {
    std::optional<run::Answer<run::ActivityTask>> answer;
    std::function<void()> leave;
    std::string token() const { return answer && answer->has_value() ? (*answer)->token : "(waits)"; }
  };

  /// An execution awaits a task of that name.
  void offer(const std::string& attempt, const std::string& arn = kArn) {
    run::TaskCall call;
    call.label = {asl::Resource::Kind::Activity, "", arn};
    call.attempt = attempt;
    call.done = [this, attempt](const Result<Payload>& result) { refused_[attempt] = result.error().cause; };
    call.take = [this, attempt](const std::string& worker, const std::function<void(Handover)>& handed) {
      taken_.push_back(attempt + " by " + worker);
      if (slow_) return pending_.push_back(handed);
      handed({outcome_, "token of " + attempt});
    };
    desk_.offer(std::move(call));
    loop_.run_ready();
  }
  std::shared_ptr<Worker> poll(const std::string& name = "w", const std::string& arn = kArn) {
    auto worker = std::make_shared<Worker>();
    worker->leave = desk_.poll({arn, name}, [worker](auto answer) { worker->answer.emplace(std::move(answer)); });
    loop_.run_ready();
    return worker;
  }
  void advance(std::chrono::milliseconds by) {
    clock_.advance(by);
    loop_.run_ready();
  }

  ManualClock clock_;
  run::Loop loop_{"desk", clock_};
  bool exists_ = true;
  run::ActivityDesk desk_{loop_, clock_, [this](const std::string&) { return exists_; }};
  std::map<std::string, std::string> refused_;
  std::vector<std::string> taken_;
  bool slow_ = false;  ///< the execution answers later
  std::vector<std::function<void(Handover)>> pending_;
  Handover::Outcome outcome_ = Handover::Outcome::Taken;
};

TEST_F(DeskTest, TasksGoOutInTheOrderInWhichTheyCame) {
  offer("1");
  offer("2");
  EXPECT_EQ(poll("a")->token(), "token of 1");
  EXPECT_EQ(poll("b")->token(), "token of 2");
  EXPECT_THAT(taken_, ElementsAre("1 by a", "2 by b"));
}

TEST_F(DeskTest, WorkersAreServedInTheOrderInWhichTheyCame) {
  const auto first = poll("a");
  const auto second = poll("b");
  offer("1");
  EXPECT_EQ(first->token(), "token of 1");
  EXPECT_EQ(second->token(), "(waits)");
  offer("2");
  EXPECT_EQ(second->token(), "token of 2");
}

TEST_F(DeskTest, EachActivityHasItsOwnQueues) {
  const auto worker = poll("w", kArn + "-2");
  offer("1");
  EXPECT_EQ(worker->token(), "(waits)");
}

TEST_F(DeskTest, APollEndsEmptyAfterAMinute) {
  const auto worker = poll();
  advance(59'999ms);
  EXPECT_EQ(worker->token(), "(waits)");
  advance(1ms);
  EXPECT_EQ(worker->token(), "");
  offer("1");
  EXPECT_THAT(taken_, IsEmpty()) << "who has been answered is served no more";
}

TEST_F(DeskTest, AWorkerThatLeavesGetsNothing) {
  const auto gone = poll("gone");
  const auto next = poll("next");
  gone->leave();
  offer("1");
  EXPECT_FALSE(gone->answer.has_value());
  EXPECT_EQ(next->token(), "token of 1");
}

TEST_F(DeskTest, ATaskWhoseWorkerCouldNotBeToldGoesToTheNextBeforeAllOthers) {
  offer("1");
  const auto vanished = poll("vanished");
  offer("2");
  (*vanished->answer)->lost();
  loop_.run_ready();
  EXPECT_EQ(poll("next")->token(), "token of 1");
  EXPECT_EQ(poll("last")->token(), "token of 2");
}

TEST_F(DeskTest, ALostTaskThatIsAwaitedNoLongerStaysAway) {
  offer("1");
  const auto vanished = poll("vanished");
  desk_.withdraw("1");
  (*vanished->answer)->lost();
  loop_.run_ready();
  EXPECT_EQ(poll("next")->token(), "(waits)");
}

TEST_F(DeskTest, AWithdrawnTaskIsNotGivenOut) {
  offer("1");
  desk_.withdraw("1");
  EXPECT_EQ(poll()->token(), "(waits)");
  EXPECT_THAT(taken_, IsEmpty());
}

TEST_F(DeskTest, ATaskThatEndedWhileItWasHandedOverKeepsTheWorkersPlace) {
  slow_ = true;
  const auto first = poll("first");
  const auto second = poll("second");
  offer("1");
  advance(30s);
  pending_.at(0)({Handover::Outcome::Gone, ""});
  loop_.run_ready();
  EXPECT_EQ(first->token(), "(waits)");
  slow_ = false;
  offer("2");
  EXPECT_EQ(first->token(), "token of 2");
  EXPECT_EQ(second->token(), "(waits)");
}

TEST_F(DeskTest, AWorkerWhoseTimeIsUpWhenItsTaskHasEndedIsSentHome) {
  slow_ = true;
  const auto worker = poll();
  offer("1");
  advance(61s);
  EXPECT_EQ(worker->token(), "(waits)") << "a task is on its way";
  pending_.at(0)({Handover::Outcome::Gone, ""});
  loop_.run_ready();
  EXPECT_EQ(worker->token(), "");
}

TEST_F(DeskTest, WhatCannotBeStoredIsToBeHadAgain) {
  outcome_ = Handover::Outcome::Unavailable;
  offer("1");
  const auto worker = poll();
  ASSERT_TRUE(worker->answer && !worker->answer->has_value());
  EXPECT_EQ(worker->answer->error().code, RefusalCode::ServiceUnavailable);
  outcome_ = Handover::Outcome::Taken;
  EXPECT_EQ(poll()->token(), "token of 1");
}

TEST_F(DeskTest, AWaitingWorkerIsServedOnceTheStoreIsBack) {
  outcome_ = Handover::Outcome::Unavailable;
  const auto first = poll("a");
  const auto second = poll("b");
  offer("1");
  EXPECT_FALSE(first->answer->has_value());
  EXPECT_EQ(second->token(), "(waits)");
  outcome_ = Handover::Outcome::Taken;
  advance(1s);
  EXPECT_EQ(second->token(), "token of 1");
}

TEST_F(DeskTest, ATaskOfNoActivityIsRefused) {
  exists_ = false;
  offer("1");
  EXPECT_EQ(refused_["1"], "The activity does not exist: '" + kArn + "'");
  EXPECT_EQ(poll()->token(), "(waits)");
}

TEST_F(DeskTest, AsManyWorkersWaitAsAwsLetsWait) {
  std::vector<std::shared_ptr<Worker>> workers;
  for (std::size_t i = 0; i < limits::kActivityPollers; ++i) workers.push_back(poll());
  const auto refused = poll();
  ASSERT_TRUE(refused->answer && !refused->answer->has_value());
  EXPECT_EQ(refused->answer->error().code, RefusalCode::ActivityWorkerLimitExceeded);
  EXPECT_EQ(poll("w", kArn + "-2")->token(), "(waits)") << "the limit is each activity's own";
  workers.front()->leave();
  EXPECT_EQ(poll()->token(), "(waits)");
  for (std::size_t i = 0; i < limits::kActivityPollers; ++i) offer(std::to_string(i));
  EXPECT_EQ(std::set(taken_.begin(), taken_.end()).size(), limits::kActivityPollers) << "each task to one worker";
}

TEST_F(DeskTest, ADeskThatClosesSendsEverybodyHome) {
  const auto waiting = poll();
  desk_.close();
  loop_.run_ready();
  EXPECT_EQ(waiting->token(), "");
  EXPECT_EQ(poll()->token(), "");
}

}  // namespace
}  // namespace stepd::test
