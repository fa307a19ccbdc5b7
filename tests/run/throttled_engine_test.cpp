// What the engine refuses because of a rate, of a lineage that is too deep, or because it was started to run nothing.
#include "engine/run/engine.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "support/ask.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::RefusalCode;
using storage::StateMachineType;
using testing::HasSubstr;

constexpr auto kPass = R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";

class ThrottledEngine : public testing::Test {
 protected:
  void open() {
    engine_.reset();
    engine_ = run::make_engine(options_, *store_, clock_, no_services);
    engine_->resume();
  }
  std::string create(const std::string& name, StateMachineType type = StateMachineType::Standard) {
    return ask<run::CreatedStateMachine>([&](auto reply) {
             engine_->create_state_machine({name, kPass, "arn:aws:iam::123456789012:role/r", type}, reply);
           })
        ->arn;
  }
  run::Answer<run::StartedExecution> start(const std::string& machine, std::uint32_t depth = 0) {
    run::StartExecution request{machine};
    request.lineage.depth = depth;
    return ask<run::StartedExecution>([&](auto reply) { engine_->start_execution(request, reply); });
  }

  ManualClock clock_;
  run::EngineOptions options_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
};

TEST_F(ThrottledEngine, AStartBeyondTheRateIsRefusedAsOnAws) {
  options_.rates.standard_starts = {{3, 1}, {2, 1}};
  options_.rates.express_starts = {{1, 1}, {1, 1}};
  open();
  const auto machine = create("one");
  EXPECT_TRUE(start(machine));
  EXPECT_TRUE(start(machine));
  const auto refused = start(machine);
  EXPECT_EQ(refused.error().code, RefusalCode::ThrottlingException);
  EXPECT_EQ(refused.error().message, "Rate exceeded");
  EXPECT_TRUE(start(create("another")));
  EXPECT_EQ(start(create("third")).error().code, RefusalCode::ThrottlingException) << "all together";
  const auto express = create("express", StateMachineType::Express);
  EXPECT_TRUE(start(express));
  EXPECT_EQ(start(express).error().code, RefusalCode::ThrottlingException);
  clock_.advance(1s);
  EXPECT_TRUE(start(machine));
  EXPECT_TRUE(start(express));
}

TEST_F(ThrottledEngine, AStartThatIsWrongTakesNoToken) {
  options_.rates.standard_starts = {{}, {1, 1}};
  open();
  const auto machine = create("one");
  const auto wrong = ask<run::StartedExecution>([&](auto reply) { engine_->start_execution({machine, "a b"}, reply); });
  EXPECT_EQ(wrong.error().code, RefusalCode::InvalidName);
  EXPECT_TRUE(start(machine));
}

TEST_F(ThrottledEngine, ALineageHasADepth) {
  options_.depth_max = 3;
  open();
  const auto machine = create("one");
  EXPECT_TRUE(start(machine, 3));
  const auto refused = start(machine, 4);
  EXPECT_EQ(refused.error().code, RefusalCode::ExecutionLimitExceeded);
  EXPECT_THAT(refused.error().message, HasSubstr("At most 3 are allowed (limits.execution_depth)"));
}

TEST_F(ThrottledEngine, ALoopThatGoesThroughEventsEnds) {
  open();
  const auto machine = create("one");
  const auto start_after = [&](Lineage lineage) {
    run::StartExecution request{machine};
    request.lineage = lineage;
    return ask<run::StartedExecution>([&](auto reply) { engine_->start_execution(request, reply); });
  };
  EXPECT_TRUE(start_after({0, 0}));
  EXPECT_TRUE(start_after({5'000, 15})) << "the sixteenth in a row";
  EXPECT_EQ(engine_->readings().ended_loops, 0u);
  const auto refused = start_after({16, 16});
  EXPECT_EQ(refused.error().code, RefusalCode::ExecutionLimitExceeded);
  EXPECT_TRUE(refused.error().for_good);
  EXPECT_THAT(refused.error().message, HasSubstr("(limits.event_depth)"));
  const auto called = ask<run::InvokedFunction>([&](auto reply) {
    engine_->invoke_function({"f", "{}", Lineage{16, 16}}, reply);
  });
  EXPECT_TRUE(called.error().for_good);
  EXPECT_EQ(engine_->readings().ended_loops, 2u);
}

TEST_F(ThrottledEngine, PausedItAnswersWhatIsStoredAndRefusesWhatRuns) {
  open();
  const auto machine = create("one");
  options_.paused = true;
  open();
  EXPECT_EQ(start(machine).error().code, RefusalCode::ServiceUnavailable);
  EXPECT_THAT(start(machine).error().message, HasSubstr("--paused"));
  const auto refused = [](const auto& answer) { EXPECT_EQ(answer.error().code, RefusalCode::ServiceUnavailable); };
  refused(ask<run::EndedExecution>([&](auto reply) { engine_->start_sync_execution({machine}, reply); }));
  refused(ask<run::RedrivenExecution>([&](auto reply) { engine_->redrive_execution({"any", {}}, reply); }));
  refused(ask<std::monostate>([&](auto reply) { engine_->answer_task({"token", {}}, reply); }));
  refused(ask<run::ActivityTask>([&](auto reply) { engine_->poll_activity({"any", ""}, reply); }));
  refused(ask<run::TestedState>([&](auto reply) { engine_->test_state({}, reply); }));
  refused(ask<run::InvokedFunction>([&](auto reply) { engine_->invoke_function({"f", ""}, reply); }));
  EXPECT_FALSE(create("two").empty());
  EXPECT_TRUE(ask<std::monostate>([&](auto reply) { engine_->delete_state_machine(machine, reply); }));
}

}  // namespace
}  // namespace stepd::test
