// EXPRESS executions that go on for long: after some full turns they leave their shard to others and go on aside.
#include "base/payload.h"
#include "engine/run/hand_driven.h"
#include "engine/run/turn_listener.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::EndedExecution;
using storage::ExecutionStatus;
using Ended = std::shared_ptr<std::optional<run::Answer<EndedExecution>>>;

constexpr auto kEndless = R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"},
    "C":{"Type":"Succeed"}}})";

class SetAside : public testing::Test {
 protected:
  SetAside() {
    run::EngineOptions options;
    options.express_max = 2;
    auto made = run::make_hand_driven_engine(options, *store_, clock_, no_services);
    engine_ = std::move(made.engine);
    shard_ = made.loops[2];
    aside_ = made.loops[3];
    engine_->resume();
  }

  std::string create(const std::string& definition) {
    std::string arn;
    engine_->create_state_machine({"m" + std::to_string(++machines_), definition, "arn:aws:iam::123456789012:role/r",
                                   storage::StateMachineType::Express},
                                  [&](auto answer) { arn = answer.value().arn; });
    return arn;
  }
  Ended run_sync(const std::string& machine) {
    auto ended = std::make_shared<std::optional<run::Answer<EndedExecution>>>();
    engine_->start_sync_execution({machine, "one", "{}"}, [ended](auto answer) { ended->emplace(std::move(answer)); });
    return ended;
  }
  /// False if there is always another one.
  static bool runs_dry(run::Loop& loop, int jobs_max = 20) {
    for (int jobs = 0; jobs < jobs_max; ++jobs) {
      if (!loop.run_job()) return true;
    }
    return false;
  }

  ManualClock clock_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
  run::Loop* shard_ = nullptr;
  run::Loop* aside_ = nullptr;
  int machines_ = 0;
};

TEST_F(SetAside, AnEndlessOneLeavesTheShardAndGoesOn) {
  const auto ended = run_sync(create(kEndless));
  EXPECT_TRUE(runs_dry(*shard_));
  EXPECT_FALSE(runs_dry(*aside_)) << "it goes on there, turn after turn";
  EXPECT_TRUE(runs_dry(*shard_));
  EXPECT_FALSE(ended->has_value());
  clock_.advance(5min);
  EXPECT_TRUE(aside_->run_timer()) << "its time is over by the timer that went along";
  EXPECT_TRUE(runs_dry(*aside_));
  ASSERT_TRUE(ended->has_value());
  EXPECT_EQ(ended->value()->status, ExecutionStatus::TimedOut);
  engine_->drain(0ms);
}

TEST_F(SetAside, ALongOneEndsThereWithItsResult) {
  Json states = Json::object();
  for (int i = 1; i <= 3'000; ++i) {
    states["S" + std::to_string(i)] = Json{{"Type", "Pass"}, {"Next", i < 3'000 ? "S" + std::to_string(i + 1) : "W"}};
  }
  states["W"] = Json{{"Type", "Wait"}, {"Seconds", 7}, {"Next", "Z"}};
  states["Z"] = Json{{"Type", "Pass"}, {"Result", "done"}, {"End", true}};
  const auto ended = run_sync(create(Json{{"StartAt", "S1"}, {"States", states}}.dump()));
  EXPECT_TRUE(runs_dry(*shard_));
  aside_->run_ready();
  EXPECT_FALSE(ended->has_value());
  clock_.advance(7s);
  aside_->run_ready();
  ASSERT_TRUE(ended->has_value());
  EXPECT_EQ(ended->value()->status, ExecutionStatus::Succeeded);
  EXPECT_EQ(ended->value()->output->text(), "\"done\"");
  engine_->drain(0ms);
}

TEST_F(SetAside, TheyCountAsOpen) {
  const auto endless = create(kEndless);
  for (int i = 0; i < 2; ++i) run_sync(endless);
  EXPECT_TRUE(runs_dry(*shard_));
  EXPECT_FALSE(runs_dry(*aside_));
  const auto third = run_sync(endless);
  EXPECT_TRUE(runs_dry(*shard_));
  ASSERT_TRUE(third->has_value());
  EXPECT_FALSE(third->value().has_value()) << "two at once are allowed, wherever they are";
  clock_.advance(5min);  // else the drain would never find them at rest
  engine_->drain(0ms);
}

TEST_F(SetAside, TheyEndWithTheProcess) {
  const auto endless = create(kEndless);
  for (int turn = 0; turn < 10; ++turn) {
    const SystemClock clock;
    auto engine = run::make_engine({}, *store_, clock, no_services);
    engine->resume();
    std::promise<bool> answered;
    std::promise<void> began;
    engine->start_execution({endless, "begun", "{}"}, [&](const auto&) { began.set_value(); });
    engine->start_sync_execution({endless, "one", "{}"}, [&](auto answer) { answered.set_value(answer.has_value()); });
    began.get_future().wait();
    // Sometimes on the shard, sometimes aside, sometimes on the way.
    for (int i = 0; i < turn * 50; ++i) std::this_thread::yield();
    engine->drain(0ms);
    EXPECT_FALSE(answered.get_future().get());
  }
}

}  // namespace
}  // namespace stepd::test
