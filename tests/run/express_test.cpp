// EXPRESS executions on a shard driven step by step: the same as STANDARD ones, but for the journal and the clock.
#include "run/bench_of_one.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::EndedExecution;
using storage::ExecutionStatus;
using Ended = std::shared_ptr<std::optional<run::Answer<EndedExecution>>>;

constexpr auto kPassResult = R"({"StartAt":"P","States":{"P":{"Type":"Pass","Result":{"a":1},"End":true}}})";
constexpr auto kTaskMachine = R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true}}})";
constexpr auto kRetried = R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true,
    "Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":7}]}}})";
constexpr auto kForEver = R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Succeed"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"}}})";

std::string waiting(int seconds, const std::string& more = "") {
  return R"({"StartAt":"W",)" + more + R"("States":{"W":{"Type":"Wait","Seconds":)" + std::to_string(seconds) +
         R"(,"End":true}}})";
}

/// The end, which must have been answered.
EndedExecution end_of(const Ended& ended) {
  EXPECT_TRUE(ended->has_value());
  if (!ended->has_value()) return {};
  EXPECT_TRUE((*ended)->has_value());
  return (*ended)->has_value() ? **(*ended) : EndedExecution{};
}

TEST(Express, AnExecutionRunsToItsEndWithoutTheStore) {
  BenchOfOne bench;
  const auto ended = bench.run_express(bench.create_express(kRetried), "one", R"({"in":1})");
  bench.settle();
  EXPECT_FALSE(ended->has_value());
  auto call = bench.tasks.open.begin()->second;
  call.started();
  call.done(AslError{"Busy", ""});
  bench.settle();
  bench.advance(7s);
  ASSERT_EQ(bench.tasks.open.size(), 1u);
  EXPECT_NE(bench.tasks.open.begin()->first, call.attempt) << "retried";
  bench.tasks.open.begin()->second.done(Payload(Json{{"out", 2}}));
  bench.settle();
  const auto end = end_of(ended);
  EXPECT_EQ(end.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(end.input.text(), R"({"in":1})");
  EXPECT_EQ(end.output->text(), R"({"out":2})");
  EXPECT_EQ(end.stopped_at - end.started_at, 7s);
  EXPECT_EQ(bench.store.deltas, 0u) << "nothing of it is stored";
  EXPECT_TRUE(bench.store.reader().executions({}).empty());
}

TEST(Express, AFailureIsAnEndLikeAnother) {
  BenchOfOne bench;
  const auto ended = bench.run_express(bench.create_express(kTaskMachine));
  bench.settle();
  bench.tasks.open.begin()->second.done(AslError{"Image.Corrupt", "cut short"});
  bench.settle();
  const auto end = end_of(ended);
  EXPECT_EQ(end.status, ExecutionStatus::Failed);
  EXPECT_EQ(end.error, "Image.Corrupt");
  EXPECT_EQ(end.cause, "cut short");
  EXPECT_FALSE(end.output);
}

TEST(Express, FiveMinutesAreAllItHas) {
  BenchOfOne bench;
  const auto just = bench.run_express(bench.create_express(waiting(299), "just"));
  const auto late = bench.run_express(bench.create_express(waiting(301), "late"));
  const auto long_allowed =
      bench.run_express(bench.create_express(waiting(301, R"("TimeoutSeconds":1000,)"), "longer"));
  const auto short_allowed =
      bench.run_express(bench.create_express(waiting(301, R"("TimeoutSeconds":10,)"), "shorter"));
  bench.settle();
  bench.advance(9s);
  EXPECT_FALSE(short_allowed->has_value());
  bench.advance(1s);
  EXPECT_EQ(end_of(short_allowed).status, ExecutionStatus::TimedOut);
  bench.advance(289s);
  EXPECT_EQ(end_of(just).status, ExecutionStatus::Succeeded);
  EXPECT_FALSE(late->has_value());
  bench.advance(1s);
  for (const auto& ended : {late, long_allowed}) {
    const auto end = end_of(ended);
    EXPECT_EQ(end.status, ExecutionStatus::TimedOut);
    EXPECT_EQ(end.stopped_at - end.started_at, 300s);
    EXPECT_FALSE(end.error);
    EXPECT_FALSE(end.cause);
  }
}

TEST(Express, TheLimitIsTheEnginesOption) {
  BenchOfOne bench;
  bench.express_limit = 5s;
  bench.restart();
  const auto ended = bench.run_express(bench.create_express(waiting(60)));
  bench.settle();
  bench.advance(4s);
  EXPECT_FALSE(ended->has_value());
  bench.advance(1s);
  EXPECT_EQ(end_of(ended).status, ExecutionStatus::TimedOut);
}

TEST(Express, NamesRepeatAndTheLimitOfOpenExecutionsIsForOthers) {
  BenchOfOne bench;
  bench.max_open = 1;
  bench.restart();
  const auto machine = bench.create_express(waiting(60));
  const auto one = bench.start_express(machine, "same");
  const auto two = bench.start_express(machine, "same");
  const auto standard = bench.start(bench.create(waiting(60), "standard"), "one");
  bench.settle();
  EXPECT_TRUE(one->answered);
  EXPECT_TRUE(two->answered);
  EXPECT_NE(one->arn, two->arn);
  EXPECT_EQ(one->arn.rfind("arn:aws:states:us-east-1:123456789012:express:express:same:", 0), 0u) << one->arn;
  EXPECT_FALSE(standard->refusal) << "they do not count either";
  EXPECT_EQ(bench.store.deltas, 1u);
}

TEST(Express, TheBytesOfInputsAreThoseOfWhatRuns) {
  BenchOfOne bench;
  bench.express_bytes_max = 100;
  bench.restart();
  const auto task = bench.create_express(kTaskMachine);
  const std::string forty = "\"" + std::string(38, 'x') + "\"";
  // What has ended leaves its room to others, and takes none from them.
  bench.run_express(bench.create_express(kPassResult, "quick"), "ended", forty);
  bench.settle();
  const auto first = bench.run_express(task, "one", forty);
  const auto second = bench.run_express(task, "two", forty);
  const auto third = bench.run_express(task, "three", forty);
  bench.settle();
  EXPECT_EQ(bench.tasks.open.size(), 2u);
  ASSERT_TRUE(third->has_value()) << "80 bytes run";
  EXPECT_EQ((*third)->error().code, run::RefusalCode::ThrottlingException);
  EXPECT_FALSE(first->has_value());
  EXPECT_FALSE(second->has_value());
}

TEST(Express, AnAsynchronousStartIsAnsweredAtOnce) {
  BenchOfOne bench;
  bench.store.held = true;
  const auto started = bench.start_express(bench.create_express(kTaskMachine), "one");
  bench.settle();
  EXPECT_TRUE(started->answered);
  EXPECT_EQ(bench.tasks.open.size(), 1u);
}

TEST(Express, ARestartEndsWhatRan) {
  BenchOfOne bench;
  bench.start_express(bench.create_express(kTaskMachine), "one");
  bench.settle();
  bench.restart();
  bench.settle();
  EXPECT_TRUE(bench.tasks.open.empty());
  EXPECT_TRUE(bench.shard->idle());
}

TEST(Express, WhoWaitsForTheEndIsToldWhenTheProcessEndsFirst) {
  BenchOfOne bench;
  const auto ended = bench.run_express(bench.create_express(waiting(60)));
  bench.settle();
  bench.shard->halt();
  ASSERT_TRUE(ended->has_value());
  EXPECT_EQ((*ended)->error().code, run::RefusalCode::ServiceUnavailable);
}

TEST(Express, HistoryHasNoLimitThere) {
  const Json states{
      {"Count", {{"Type", "Pass"}, {"Parameters", {{"n.$", "States.MathAdd($.n, 1)"}}}, {"Next", "More"}}},
      {"More",
       {{"Type", "Choice"},
        {"Choices", Json::array({Json{{"Variable", "$.n"}, {"NumericLessThan", 7000}, {"Next", "Count"}}})},
        {"Default", "Done"}}},
      {"Done", {{"Type", "Succeed"}}}};
  BenchOfOne bench;
  const auto machine = bench.create_express(Json{{"StartAt", "Count"}, {"States", states}}.dump());
  const auto ended = bench.run_express(machine, "one", R"({"n":0})");
  bench.settle();
  EXPECT_EQ(end_of(ended).output->text(), R"({"n":7000})");
}

/// Lets the clock run on with each turn, so that an execution without rest meets its limit.
class Ticking final : public run::TurnListener {
 public:
  explicit Ticking(ManualClock& clock) : clock_(clock) {}
  void committed(const run::HeardTurn& turn) override {
    clock_.advance(2s);
    order += turn.machine.record.name.front();
  }
  std::string order;

 private:
  ManualClock& clock_;
};

TEST(Express, AnExecutionWithoutRestEndsInTimeAndLetsOthersRun) {
  BenchOfOne bench;
  Ticking ticking(bench.clock);
  bench.listeners = {&ticking};
  bench.restart();
  const auto restless = bench.run_express(bench.create_express(kForEver, "restless"));
  const auto other = bench.run_express(bench.create_express(kPassResult, "other"));
  bench.settle();
  EXPECT_EQ(end_of(restless).status, ExecutionStatus::TimedOut);
  EXPECT_EQ(end_of(other).status, ExecutionStatus::Succeeded);
  EXPECT_LT(ticking.order.find('o'), 3u) << "its turn comes between the turns of the restless one";
  EXPECT_GT(ticking.order.size(), 100u);
}

TEST(Express, AStateTakesMemoryThatIsReported) {
  BenchOfOne bench;
  const auto machine = bench.create_express(kPassResult);
  const auto small = bench.run_express(machine, "small");
  const auto large = bench.run_express(machine, "large", R"({"x":")" + std::string(200'000, 'x') + R"("})");
  const auto wide = bench.run_express(
      bench.create_express(
          R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":40,"ItemsPath":"$.n","ItemSelector":{"x.$":"$.x"},
              "ItemProcessor":{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1,"End":true}}},"ResultPath":null,"End":true}}})",
          "wide"),
      "wide", R"({"n":[1,2,3,4,5,6,7,8,9,10],"x":")" + std::string(200'000, 'x') + R"("})");
  bench.settle();
  bench.advance(1s);
  EXPECT_LT(end_of(small).memory_bytes, 1'000u);
  EXPECT_GT(end_of(large).memory_bytes, 200'000u);
  EXPECT_GT(end_of(wide).memory_bytes, 2'000'000u);
}

/// The events of each turn, by execution.
class Remembering final : public run::TurnListener {
 public:
  void committed(const run::HeardTurn& turn) override {
    trace = turn.trace_header;
    status = turn.execution.status();
    for (const auto& event : turn.events) numbers.push_back(event.number);
  }
  std::string trace;
  core::Status status = core::Status::Running;
  std::vector<core::EventNumber> numbers;
};

TEST(TurnListeners, HearOfEveryEventOnceAndNotBeforeItIsStored) {
  BenchOfOne bench;
  Remembering remembering;
  bench.listeners = {&remembering};
  bench.restart();
  bench.trace_header = "Root=1-5";
  const auto machine = bench.create(kTaskMachine);
  bench.store.held = true;
  bench.start(machine, "one");
  bench.settle();
  EXPECT_TRUE(remembering.numbers.empty());
  bench.store.release();
  bench.settle();
  EXPECT_EQ(remembering.trace, "Root=1-5");
  bench.store.refusals = {storage::Outcome::Unavailable};
  const auto call = bench.tasks.open.begin()->second;
  EXPECT_EQ(call.trace_header, "Root=1-5");
  call.done(Payload());
  bench.settle();
  EXPECT_EQ(remembering.status, core::Status::Running) << "that turn was not stored";
  bench.advance(1s);
  EXPECT_EQ(remembering.status, core::Status::Succeeded);
  for (std::size_t i = 0; i < remembering.numbers.size(); ++i) EXPECT_EQ(remembering.numbers[i], i + 1);
}

TEST(TurnListeners, ATraceOutlivesARestart) {
  BenchOfOne bench;
  bench.trace_header = "Root=1-5";
  bench.start(bench.create(kTaskMachine), "one");
  bench.settle();
  bench.restart();
  bench.settle();
  EXPECT_EQ(bench.tasks.open.begin()->second.trace_header, "Root=1-5");
}

}  // namespace
}  // namespace stepd::test
