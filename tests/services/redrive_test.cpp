// RedriveExecution in a running engine, over each store: what goes on, what is refused, and what a restart changes.
#include "base/limits.h"
#include "engine/run/engine.h"
#include "engine/run/status_change.h"
#include "services/dispatcher.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "support/ask.h"
#include "support/manual_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::test {
namespace {

using run::RefusalCode;
using storage::ExecutionStatus;

/// Fails until it is mended, and counts.
class Work final : public tasks::Handler {
 public:
  explicit Work(std::atomic<bool>& mended, std::atomic<int>& calls) : mended_(mended), calls_(calls) {}
  Result<Json> invoke(const tasks::Invocation& call) override {
    ++calls_;
    if (call.event.contains("mustFail") && !mended_) return AslError{"Broken", "not yet"};
    return call.event;
  }

 private:
  std::atomic<bool>& mended_;
  std::atomic<int>& calls_;
};

constexpr const char* kTwoSteps = R"({"StartAt": "First", "States": {
  "First": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "Second"},
  "Second": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
             "Parameters": {"mustFail": true, "count.$": "$$.Execution.RedriveCount"}, "End": true}}})";

class RedriveTest : public testing::TestWithParam<const char*> {
 protected:
  RedriveTest() {
    folder_ = std::filesystem::temp_directory_path() / ("stepd-redrive-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    handlers_["work"] = std::make_unique<Work>(mended_, calls_);
    serving_.functions = {{"work", "work"}};
    store_ = GetParam() == std::string_view("memory") ? storage::open_memory() : storage::open_sqlite(folder_);
    begin();
    const run::CreateStateMachine request{.name = "m", .definition = kTwoSteps, .role_arn = "r"};
    machine_ = ask<run::CreatedStateMachine>([&](auto reply) { engine_->create_state_machine(request, reply); })->arn;
  }
  ~RedriveTest() override {
    engine_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// A new process on the same store, if there was one.
  void begin() {
    engine_.reset();
    engine_ = run::make_engine(options_, *store_, clock_, services::make_services_factory(serving_, handlers_, clock_));
    engine_->resume();
  }

  run::Answer<run::RedrivenExecution> redrive(const std::string& arn, std::optional<std::string> token = {}) {
    return ask<run::RedrivenExecution>([&](auto reply) { engine_->redrive_execution({arn, token}, reply); });
  }
  std::string start() {
    return ask<run::StartedExecution>(
               [&](auto reply) { engine_->start_execution({.state_machine_arn = machine_}, std::move(reply)); })
        ->arn;
  }
  template <class Question>
  static auto wait_for(Question question, const std::string& what) {
    const auto limit = std::chrono::steady_clock::now() + kReplyDeadline;
    for (;;) {
      if (auto answer = question()) return *answer;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(what + " does not come");
      std::this_thread::yield();
    }
  }
  storage::ExecutionRecord ended(const std::string& arn) {
    return wait_for(
        [&]() -> std::optional<storage::ExecutionRecord> {
          auto record = store_->reader().execution(arn);
          return record && record->status != ExecutionStatus::Running ? record : std::nullopt;
        },
        "the end of " + arn);
  }
  void await_event(const std::string& arn, const std::string& type) {
    wait_for(
        [&]() -> std::optional<bool> {
          const auto newest = engine_->history({.execution_arn = arn, .limit = 1, .reverse = true});
          return newest->events.front()["type"] == type ? std::optional(true) : std::nullopt;
        },
        type);
  }
  std::string failed() {
    auto arn = start();
    EXPECT_EQ(ended(arn).status, ExecutionStatus::Failed);
    return arn;
  }
  void expect_refusal(const run::Answer<run::RedrivenExecution>& answer, const std::string& reason) {
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, RefusalCode::ExecutionNotRedrivable);
    EXPECT_EQ(answer.error().message, reason);
  }

  std::filesystem::path folder_;
  ManualClock clock_;
  std::atomic<bool> mended_{false};
  std::atomic<int> calls_{0};
  services::Handlers handlers_;
  services::ServiceOptions serving_;
  run::EngineOptions options_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<run::Engine> engine_;
  std::string machine_;
};

TEST_P(RedriveTest, GoesOnWhereItFailedAlsoInAnotherProcess) {
  const auto arn = failed();
  EXPECT_EQ(calls_, 2);
  EXPECT_EQ(engine_->why_not_redrivable(ended(arn)), std::nullopt);
  begin();
  mended_ = true;
  clock_.advance(std::chrono::hours(1));
  const auto redriven = redrive(arn);
  ASSERT_TRUE(redriven.has_value()) << redriven.error().message;
  EXPECT_EQ(redriven->redriven_at, clock_.now());
  const auto record = ended(arn);
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(Json::parse(*record.output)["count"], 1);
  EXPECT_EQ(record.redrive_count, 1u);
  EXPECT_EQ(record.redriven_at, clock_.now());
  EXPECT_EQ(calls_, 3) << "the first step is not done again";
  expect_refusal(redrive(arn), "Execution is SUCCEEDED and cannot be redriven");
}

TEST_P(RedriveTest, ASecondRequestWithItsTokenIsTheSame) {
  const auto arn = failed();
  const auto first = redrive(arn, "t1");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(ended(arn).status, ExecutionStatus::Failed);
  begin();
  clock_.advance(std::chrono::minutes(15));
  const auto again = redrive(arn, "t1");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->redriven_at, first->redriven_at);
  EXPECT_EQ(ended(arn).redrive_count, 1u);
  ASSERT_TRUE(redrive(arn, "t2").has_value());
  EXPECT_EQ(ended(arn).redrive_count, 2u);
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(redrive(arn, "t1").has_value());
  EXPECT_EQ(ended(arn).redrive_count, 3u) << "the token's time is over";
}

TEST_P(RedriveTest, AnAbortedExecutionIsScheduledAnew) {
  const run::CreateStateMachine request{
      .name = "waits",
      .definition = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})",
      .role_arn = "r"};
  machine_ = ask<run::CreatedStateMachine>([&](auto reply) { engine_->create_state_machine(request, reply); })->arn;
  const auto arn = start();
  expect_refusal(redrive(arn), "Execution is RUNNING and cannot be redriven");
  ASSERT_TRUE(ask<run::StoppedExecution>([&](auto reply) { engine_->stop_execution({arn, "E", "C"}, reply); }));
  ASSERT_TRUE(redrive(arn).has_value());
  const auto running = store_->reader().execution(arn);
  EXPECT_EQ(running->status, ExecutionStatus::Running);
  EXPECT_EQ(running->error, std::nullopt);
  clock_.advance(std::chrono::seconds(60));
  begin();
  EXPECT_EQ(ended(arn).status, ExecutionStatus::Succeeded);
}

TEST_P(RedriveTest, AChildThatIsRedrivenByItselfOutlivesItsParent) {
  const run::CreateStateMachine child{.name = "child",
                                      .definition = R"({"StartAt": "Work", "States": {
    "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
             "Parameters": {"mustFail": true}, "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 60, "End": true}}})",
                                      .role_arn = "r"};
  ASSERT_TRUE(ask<run::CreatedStateMachine>([&](auto reply) { engine_->create_state_machine(child, reply); }));
  const run::CreateStateMachine parent{.name = "parent",
                                       .definition = R"({"StartAt": "Run", "States": {
    "Run": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": true, "Parameters": {
      "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child", "Name": "c"}}}})",
                                       .role_arn = "r"};
  machine_ = ask<run::CreatedStateMachine>([&](auto reply) { engine_->create_state_machine(parent, reply); })->arn;
  failed();
  mended_ = true;
  const std::string arn = "arn:aws:states:us-east-1:123456789012:execution:child:c";
  ASSERT_TRUE(redrive(arn).has_value());
  await_event(arn, "WaitStateEntered");
  begin();
  EXPECT_EQ(store_->reader().execution(arn)->status, ExecutionStatus::Running);
  clock_.advance(std::chrono::seconds(60));
  begin();
  EXPECT_EQ(ended(arn).status, ExecutionStatus::Succeeded);
}

TEST_P(RedriveTest, IsToldToListenersAsAnotherBeginning) {
  std::mutex mutex;
  std::vector<Json> told;
  run::StatusChanges changes{"us-east-1", "123456789012",
                             [&](const Json& event, const Lineage&) {
                               const std::lock_guard lock(mutex);
                               told.push_back(event["detail"]);
                               return std::vector<OutboxRecord>();
                             },
                             [] {}};
  options_.listeners = {&changes};
  begin();
  ASSERT_TRUE(ask<run::PublishedVersion>([&](auto reply) { engine_->publish_version({machine_}, reply); }));
  machine_ += ":1";
  const auto arn = failed();
  clock_.advance(std::chrono::hours(1));
  mended_ = true;
  ASSERT_TRUE(redrive(arn).has_value());
  ended(arn);
  engine_->drain(std::chrono::seconds(10));
  std::vector<std::string> statuses;
  for (const auto& detail : told) statuses.push_back(detail["status"].get<std::string>());
  ASSERT_EQ(statuses, (std::vector<std::string>{"RUNNING", "FAILED", "RUNNING", "SUCCEEDED"}));
  EXPECT_EQ(told[1]["redriveCount"], 0);
  EXPECT_EQ(told[2]["redriveCount"], 1);
  EXPECT_EQ(told[2]["redriveDate"], clock_.now().time_since_epoch().count());
  EXPECT_TRUE(told[2]["error"].is_null());
  EXPECT_EQ(told[2]["stateMachineVersionArn"], machine_);
  engine_.reset();  // before its listener
}

TEST_P(RedriveTest, TooLateIsTooLate) {
  const auto arn = failed();
  clock_.advance(std::chrono::days(14));
  EXPECT_EQ(engine_->why_not_redrivable(ended(arn)), std::nullopt);
  clock_.advance(std::chrono::milliseconds(1));
  expect_refusal(redrive(arn), "Execution redrivable period exceeded");
}

TEST_P(RedriveTest, WhatDoesNotExistIsSaidSo) {
  const auto answer = redrive("arn:aws:states:us-east-1:123456789012:execution:m:none");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, RefusalCode::ExecutionDoesNotExist);
}

TEST_P(RedriveTest, OfManyAtOnceOneIsTaken) {
  const auto arn = failed();
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { taken += redrive(arn).has_value() ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  // One may have ended again before another was read: never two of one end.
  EXPECT_GE(taken, 1);
  EXPECT_EQ(ended(arn).redrive_count, static_cast<std::uint32_t>(taken));
  EXPECT_EQ(calls_, 2 + taken);
}

INSTANTIATE_TEST_SUITE_P(Stores, RedriveTest, ::testing::Values("memory", "sqlite"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace stepd::test
