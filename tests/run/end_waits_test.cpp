// Waiting for the end of an execution: no end is missed, whenever it comes, and every wait ends.
#include "engine/run/hand_driven.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "support/manual_clock.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;
using Seen = std::shared_ptr<std::optional<run::Answer<storage::ExecutionRecord>>>;

class EndWaits : public testing::Test {
 protected:
  EndWaits() {
    auto made = run::make_hand_driven_engine({}, *store_, clock_, no_services);
    engine_ = std::move(made.engine);
    loops_ = std::move(made.loops);
    engine_->resume();
    engine_->create_state_machine(
        {"m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":10,"End":true}}})", "role"},
        [&](auto answer) { machine_ = answer.value().arn; });
  }
  ~EndWaits() override { engine_->drain(0ms); }

  std::string start(const std::string& name) {
    std::string arn;
    engine_->start_execution({machine_, name}, [&](auto answer) { arn = answer.value().arn; });
    settle();
    return arn;
  }
  Seen wait(const std::string& arn, std::chrono::seconds most = 60s) {
    auto seen = std::make_shared<std::optional<run::Answer<storage::ExecutionRecord>>>();
    leave_ = engine_->await_end({arn, most}, [seen](auto answer) { seen->emplace(std::move(answer)); });
    settle();
    return seen;
  }
  void advance(std::chrono::seconds by) {
    clock_.advance(by);
    settle();
  }
  /// The loops bring each other work.
  void settle() {
    for (int i = 0; i < 4; ++i) {
      for (auto* loop : loops_) loop->run_ready();
    }
  }

  ManualClock clock_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
  std::vector<run::Loop*> loops_;
  std::string machine_;
  std::function<void()> leave_;
};

TEST_F(EndWaits, AreAnsweredAtTheEnd) {
  const auto arn = start("one");
  const auto other = start("two");
  const auto first = wait(arn);
  const auto second = wait(arn);
  advance(9s);
  EXPECT_FALSE(first->has_value());
  engine_->stop_execution({other, "Odd", ""}, [](const auto&) {});
  settle();
  EXPECT_FALSE(first->has_value()) << "that was another";
  advance(1s);
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ(first->value()->status, ExecutionStatus::Succeeded);
  EXPECT_EQ(first->value()->output, "{}");
  EXPECT_TRUE(second->has_value());
}

TEST_F(EndWaits, AreAnsweredAtOnceAfterTheEnd) {
  const auto arn = start("one");
  advance(10s);
  EXPECT_EQ(wait(arn)->value()->status, ExecutionStatus::Succeeded);
}

TEST_F(EndWaits, SeeAnEndThatComesBeforeTheyAreRead) {
  const auto arn = start("one");
  auto seen = std::make_shared<std::optional<run::Answer<storage::ExecutionRecord>>>();
  engine_->await_end({arn, 60s}, [seen](auto answer) { seen->emplace(std::move(answer)); });
  clock_.advance(10s);
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) (*loop)->run_ready();  // the shard before the wait
  settle();
  EXPECT_EQ(seen->value()->status, ExecutionStatus::Succeeded);
}

TEST_F(EndWaits, EndWithTheirTime) {
  const auto arn = start("one");
  const auto brief = wait(arn, 3s);
  const auto none = wait(arn, 0s);
  EXPECT_EQ(none->value()->status, ExecutionStatus::Running);
  EXPECT_FALSE(brief->has_value());
  advance(3s);
  EXPECT_EQ(brief->value()->status, ExecutionStatus::Running);
}

TEST_F(EndWaits, EndWhenTheCallerLeaves) {
  const auto seen = wait(start("one"));
  leave_();
  settle();
  advance(60s);
  EXPECT_FALSE(seen->has_value());
}

TEST_F(EndWaits, AreAnsweredWhenPollsEnd) {
  const auto arn = start("one");
  const auto seen = wait(arn);
  engine_->end_polls();
  settle();
  EXPECT_EQ(seen->value()->status, ExecutionStatus::Running);
  EXPECT_TRUE(wait(arn)->has_value());
}

TEST_F(EndWaits, KnowNoExecutionThatIsNotThere) {
  EXPECT_EQ(wait(machine_ + ":no")->value().error().code, run::RefusalCode::ExecutionDoesNotExist);
}

}  // namespace
}  // namespace stepd::test
