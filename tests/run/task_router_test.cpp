// Who is given a task, and what becomes of failures once the process is ending.
#include "engine/run/task_router.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keeps what it is given, for the test to answer.
class KeptServices final : public run::TaskServices {
 public:
  void start(run::TaskCall call) override { calls.push_back(std::move(call)); }
  void cancel(const std::string& attempt) override { cancelled.push_back(attempt); }
  void invoke(run::InvokeFunction, std::function<void(run::InvokedFunction)> done) override {
    invoked = std::move(done);
  }
  asl::Diagnostics check(const Json&) const override { return {}; }
  void drain(std::chrono::milliseconds given) override { grace = given; }
  std::vector<LaneDepth> lanes() const override { return {}; }

  std::vector<run::TaskCall> calls;
  std::vector<std::string> cancelled;
  std::function<void(run::InvokedFunction)> invoked;
  std::chrono::milliseconds grace{-1};
};

class TaskRouterTest : public testing::Test {
 protected:
  void start(const std::string& attempt, asl::Resource::Kind kind) {
    run::TaskCall call;
    call.label = {kind, "", "arn:aws:states:us-east-1:123456789012:activity:none"};
    call.attempt = attempt;
    call.done = [this, attempt](const Result<Payload>& result) {
      ended_.push_back(attempt + (result ? " succeeded" : " failed"));
    };
    router_.start(std::move(call));
    loop_.run_ready();
  }
  std::optional<run::Answer<run::InvokedFunction>> invoke(const Result<Payload>& result) {
    std::optional<run::Answer<run::InvokedFunction>> answer;
    router_.invoke({"f", "{}"}, [&](auto given) { answer.emplace(std::move(given)); });
    services_->invoked({result});
    return answer;
  }

  ManualClock clock_;
  run::Loop loop_{"desk", clock_};
  run::ActivityDesk desk_{loop_, clock_, [](const std::string&) { return false; }};
  KeptServices* services_ = new KeptServices;  // the router's
  run::TaskRouter router_{desk_, std::unique_ptr<run::TaskServices>(services_)};
  std::vector<std::string> ended_;
};

TEST_F(TaskRouterTest, ActivitiesGoToTheDeskAndAllElseToTheServices) {
  start("activity", asl::Resource::Kind::Activity);
  EXPECT_THAT(services_->calls, IsEmpty());
  EXPECT_THAT(ended_, ElementsAre("activity failed")) << "there is no such activity";
  start("function", asl::Resource::Kind::LambdaFunction);
  start("service", asl::Resource::Kind::Service);
  ASSERT_EQ(services_->calls.size(), 2u);
  services_->calls.front().done(Payload());
  EXPECT_THAT(ended_, ElementsAre("activity failed", "function succeeded"));
  router_.cancel("service");
  EXPECT_THAT(services_->cancelled, ElementsAre("service"));
}

TEST_F(TaskRouterTest, WhatFailsWhileTheProcessEndsStaysAwaited) {
  start("one", asl::Resource::Kind::LambdaFunction);
  start("two", asl::Resource::Kind::LambdaFunction);
  router_.drain(std::chrono::milliseconds(5));
  EXPECT_EQ(services_->grace.count(), 5);
  services_->calls[0].done(AslError{"Handler.Cancelled", ""});
  services_->calls[1].done(Payload());
  start("three", asl::Resource::Kind::Activity);
  EXPECT_THAT(ended_, ElementsAre("two succeeded"));
}

TEST_F(TaskRouterTest, CallersOfFunctionsAreToldThatTheProcessEnds) {
  const auto failed = invoke(AslError{"Broken", "why"});
  ASSERT_TRUE(failed && failed->has_value());
  EXPECT_EQ((*failed)->answer.error().name, "Broken");
  router_.drop_failures();
  const auto refused = invoke(AslError{"Handler.Cancelled", ""});
  ASSERT_TRUE(refused && !refused->has_value());
  EXPECT_EQ(refused->error().code, run::RefusalCode::ServiceUnavailable);
  const auto succeeded = invoke(Payload());
  EXPECT_TRUE(succeeded && succeeded->has_value());
}

}  // namespace
}  // namespace stepd::test
