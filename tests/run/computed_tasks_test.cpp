// Tasks that need nothing but computation: they are answered in the turn that schedules them, and their history is that
// of every other task.
#include "base/payload.h"
#include "engine/core/history.h"
#include "run/bench_of_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;
using testing::ElementsAre;

constexpr auto kOne = R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"double","Next":"Done"},
    "Done":{"Type":"Succeed"}}})";

class ComputedTasks : public testing::Test, private run::TurnListener {
 protected:
  ComputedTasks() {
    bench_.tasks.computations["double"] = [this](const Payload& input) -> Result<Payload> {
      ++calls_;
      if (!input.json().is_number()) return AslError{"Double.NoNumber", "It is no number."};
      return Payload(Json(input.json().get<int>() * 2));
    };
    bench_.listeners = {this};
    bench_.restart();
  }

  std::string start(const std::string& definition, const std::string& input) {
    const auto started = bench_.start(bench_.create(definition), "one", input);
    bench_.settle();
    return started->arn;
  }

  void committed(const run::HeardTurn& turn) override {
    turns_.push_back(turn.events.size());
    for (const auto& event : turn.events) {
      if (event.history_id != 0)
        types_.push_back(core::history_of(event, core::Payloads::Included)["type"].get<std::string>());
    }
  }

  BenchOfOne bench_;
  int calls_ = 0;
  std::vector<std::size_t> turns_;  ///< events of each
  std::vector<std::string> types_;
};

TEST_F(ComputedTasks, AreAnsweredInTheTurnThatSchedulesThem) {
  const auto arn = start(kOne, "21");
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(turns_.size(), 1u);
  EXPECT_EQ(bench_.store.deltas, 1u);
  EXPECT_EQ(calls_, 1);
  EXPECT_THAT(types_, ElementsAre("ExecutionStarted", "TaskStateEntered", "LambdaFunctionScheduled",
                                  "LambdaFunctionStarted", "LambdaFunctionSucceeded", "TaskStateExited",
                                  "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"));
}

TEST_F(ComputedTasks, HaveTheHistoryOfTasksThatSomebodyElseAnswers) {
  start(kOne, "21");
  const auto computed = std::exchange(types_, {});
  bench_.tasks.computations.clear();
  const auto started = bench_.start(bench_.create(kOne, "another"), "two", "21");
  bench_.settle();
  auto call = bench_.tasks.open.begin()->second;
  call.started();
  call.done(Payload(Json(42)));
  bench_.settle();
  EXPECT_EQ(bench_.record(started->arn).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(types_, computed);
}

TEST_F(ComputedTasks, FailAsOthersDo) {
  const auto arn = start(R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"double","End":true,
      "Catch":[{"ErrorEquals":["Double.NoNumber"],"Next":"Caught"}]},"Caught":{"Type":"Succeed"}}})",
                         "\"text\"");
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
  EXPECT_THAT(types_, testing::IsSupersetOf({"LambdaFunctionStarted", "LambdaFunctionFailed"}));
}

TEST_F(ComputedTasks, AreComputedAgainWhenTheyAreRetried) {
  const auto arn = start(R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"double","End":true,
      "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":5,"MaxAttempts":2}]}}})",
                         "\"text\"");
  EXPECT_EQ(calls_, 1);
  bench_.advance(5s);
  EXPECT_EQ(calls_, 2);
  bench_.advance(10s);
  EXPECT_EQ(calls_, 3);
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Failed);
}

TEST_F(ComputedTasks, OfAMapDoNotMakeATurnLonger) {
  Json items = Json::array();
  for (int i = 0; i < 400; ++i) items.push_back(i);
  const auto arn =
      start(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"T","States":{
      "T":{"Type":"Task","Resource":"double","End":true}}}}}})",
            items.dump());
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(calls_, 400);
  EXPECT_GT(turns_.size(), 3u);
  // One state may exceed the limit.
  EXPECT_LT(*std::max_element(turns_.begin(), turns_.end()), core::kTurnEvents + 10);
}

TEST_F(ComputedTasks, AreComputedAgainOnlyIfTheTurnWasNotStored) {
  bench_.store.held = true;
  start(kOne, "21");
  EXPECT_EQ(calls_, 1);
  bench_.store.lose_waiting();
  bench_.restart();
  bench_.settle();
  EXPECT_EQ(calls_, 1);
  bench_.start(bench_.create(kOne, "another"), "two", "21");
  bench_.settle();
  bench_.restart();
  bench_.settle();
  EXPECT_EQ(calls_, 2);
}

TEST_F(ComputedTasks, TooLargeAnAnswerIsTheTasksFailure) {
  bench_.tasks.computations["double"] = [](const Payload&) -> Result<Payload> {
    return Payload(Json(std::string(300'000, 'x')));
  };
  const auto arn = start(kOne, "21");
  EXPECT_EQ(bench_.record(arn).status, ExecutionStatus::Failed);
  EXPECT_EQ(bench_.record(arn).error, "States.DataLimitExceeded");
}

}  // namespace
}  // namespace stepd::test
