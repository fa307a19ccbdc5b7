// First turns of EXPRESS executions: which are decided where they were asked for, and that nobody can tell. The loops
// are driven by hand, so what is answered before one runs was decided without a shard.
#include "base/payload.h"
#include "engine/core/history.h"
#include "engine/run/hand_driven.h"
#include "engine/run/turn_listener.h"
#include "engine/run/uuid.h"
#include "run/no_services.h"
#include "storage/memory/memory_store.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::EndedExecution;
using storage::ExecutionStatus;
using Ended = std::shared_ptr<std::optional<run::Answer<EndedExecution>>>;

constexpr int kMany = 3000;  // some dozen turns

/// So many Pass states in a row.
std::string passes(int count, const Json& result = 1) {
  Json states = Json::object();
  for (int i = 1; i <= count; ++i) {
    auto& state = states["S" + std::to_string(i)] = Json{{"Type", "Pass"}, {"Result", result}, {"ResultPath", "$.r"}};
    if (i < count)
      state["Next"] = "S" + std::to_string(i + 1);
    else
      state["End"] = true;
  }
  return Json{{"StartAt", "S1"}, {"States", states}}.dump();
}

/// Notes the events of each turn, without the names that differ between executions.
class NotedTurns final : public run::TurnListener {
 public:
  void committed(const run::HeardTurn& turn) override {
    ++turns;
    for (const auto& event : turn.events) {
      if (event.history_id == 0) continue;
      events.push_back(core::history_of(event, core::Payloads::Included).dump());
    }
  }
  int turns = 0;
  std::vector<std::string> events;
};

class FirstTurn : public testing::Test {
 protected:
  FirstTurn() {
    run::EngineOptions options;
    options.listeners = {&heard_};
    options.express_max = 2;
    auto made = run::make_hand_driven_engine(options, *store_, clock_, no_services);
    engine_ = std::move(made.engine);
    loops_ = std::move(made.loops);
    engine_->resume();
  }
  ~FirstTurn() override { engine_->drain(0ms); }

  std::string create(const std::string& definition) {
    std::string arn;
    engine_->create_state_machine({"m" + std::to_string(++machines_), definition, "arn:aws:iam::123456789012:role/r",
                                   storage::StateMachineType::Express},
                                  [&](auto answer) { arn = answer.value().arn; });
    return arn;
  }
  Ended run_sync(const std::string& machine, const std::string& input = "{}") {
    auto ended = std::make_shared<std::optional<run::Answer<EndedExecution>>>();
    engine_->start_sync_execution({machine, "one", input}, [ended](auto answer) { ended->emplace(std::move(answer)); });
    return ended;
  }
  /// The same on a shard from the beginning.
  bool run_on_shard(const std::string& machine, const std::string& input = "{}") {
    auto ended = std::make_shared<bool>(false);
    run::StartExecution start{machine, "one", input};
    start.answer_at_end = true;
    engine_->start_execution(std::move(start), [ended](const auto&) { *ended = true; });
    EXPECT_FALSE(*ended);
    settle();
    return *ended;
  }
  void settle() {
    for (auto* loop : loops_) loop->run_ready();
  }

  ManualClock clock_;
  NotedTurns heard_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
  std::vector<run::Loop*> loops_;
  int machines_ = 0;
};

TEST_F(FirstTurn, EndsAShortExecutionWithoutAShard) {
  const auto ended = run_sync(create(passes(5)), R"({"a":1})");
  ASSERT_TRUE(ended->has_value());
  const auto& end = ended->value().value();
  EXPECT_EQ(end.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(end.output->text(), R"({"a":1,"r":1})");
  EXPECT_EQ(end.name, "one");
  EXPECT_EQ(heard_.turns, 1);
  settle();
  EXPECT_EQ(heard_.turns, 1);
}

TEST_F(FirstTurn, EndsAFailureLikewise) {
  const auto ended =
      run_sync(create(R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Odd","Cause":"on purpose"}}})"));
  ASSERT_TRUE(ended->has_value());
  EXPECT_EQ(ended->value()->status, ExecutionStatus::Failed);
  EXPECT_EQ(ended->value()->error, "Odd");
  EXPECT_EQ(ended->value()->cause, "on purpose");
}

TEST_F(FirstTurn, LeavesToAShardWhatIsLongerThanItsBudget) {
  // A Pass state has two events, and their 64 are used up before the last one.
  const auto many = run_sync(create(passes(40)));
  EXPECT_FALSE(many->has_value());
  const auto large = run_sync(create(passes(9, std::string(20'000, 'x'))));
  EXPECT_FALSE(large->has_value());
  EXPECT_EQ(heard_.turns, 0) << "their first turns take effect on the shard";
  settle();
  EXPECT_EQ(many->value()->status, ExecutionStatus::Succeeded);
  EXPECT_EQ(large->value()->status, ExecutionStatus::Succeeded);
}

TEST_F(FirstTurn, DoesNotQueueBehindExecutionsThatGoOnForLong) {
  const auto long_one = create(passes(kMany));
  const auto brief = create(passes(5));
  const auto one = run_sync(long_one);
  const auto two = run_sync(long_one);
  for (int i = 0; i < 8; ++i) {
    for (auto* loop : loops_) loop->run_job();
    const auto other = run_sync(brief);
    ASSERT_TRUE(other->has_value());
    EXPECT_EQ(other->value()->status, ExecutionStatus::Succeeded);
  }
  EXPECT_FALSE(one->has_value());
  EXPECT_FALSE(two->has_value());
}

TEST_F(FirstTurn, CountsAsOpenOnlyWhenItGoesOn) {
  const auto long_one = create(passes(kMany));
  const auto one = run_sync(long_one);
  const auto two = run_sync(long_one);
  const auto three = run_sync(long_one);
  for (int i = 0; i < 5; ++i) {
    for (auto* loop : loops_) loop->run_job();
  }
  ASSERT_TRUE(three->has_value()) << "there may be two at once";
  EXPECT_EQ(three->value().error().code, run::RefusalCode::ThrottlingException);
  EXPECT_FALSE(one->has_value());
  EXPECT_TRUE(run_sync(create(passes(1)))->has_value());
}

TEST_F(FirstTurn, IsLeftToAShardWhereItMayTakeLong) {
  const auto jsonata = create(
      R"({"QueryLanguage":"JSONata","StartAt":"P","States":{"P":{"Type":"Pass","Output":"{% $sum([1..3]) %}","End":true}}})");
  const auto ended = run_sync(jsonata);
  EXPECT_FALSE(ended->has_value());
  const auto input = "\"" + std::string(70'000, 'x') + "\"";
  const auto large = run_sync(create(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})"), input);
  EXPECT_FALSE(large->has_value());
  settle();
  EXPECT_EQ(ended->value()->output->text(), "6");
  EXPECT_EQ(large->value()->output->text(), input);
}

TEST_F(FirstTurn, HasTheEventsThatAShardGives) {
  const std::vector<std::string> definitions = {
      passes(1),
      passes(40),
      R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Odd"}}})",
      R"({"StartAt":"P","States":{"P":{"Type":"Pass","InputPath":"$.none","End":true}}})",
      R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true,"Catch":[{"ErrorEquals":["States.ALL"],
          "Next":"S"}]},"S":{"Type":"Succeed"}}})",
      R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":0,"Next":"C"},"C":{"Type":"Choice","Choices":[
          {"Variable":"$.a","NumericEquals":1,"Next":"S"}]},"S":{"Type":"Succeed"}}})",
      R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","End":true,"ItemProcessor":{"StartAt":"P",
          "States":{"P":{"Type":"Pass","End":true}}}}}})",
      R"({"StartAt":"L","States":{"L":{"Type":"Parallel","End":true,"Branches":[
          {"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}},
          {"StartAt":"B","States":{"B":{"Type":"Fail"}}}]}}})"};
  for (const auto& definition : definitions) {
    const auto machine = create(definition);
    const std::string input = R"({"a":1,"items":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]})";
    heard_.events.clear();
    const auto ended = run_sync(machine, input);
    settle();
    EXPECT_TRUE(ended->has_value());
    const auto here = std::exchange(heard_.events, {});
    EXPECT_TRUE(run_on_shard(machine, input));
    EXPECT_EQ(here, heard_.events) << definition;
    EXPECT_FALSE(here.empty());
  }
}

}  // namespace
}  // namespace stepd::test
