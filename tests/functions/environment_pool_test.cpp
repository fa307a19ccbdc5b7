// Which environment runs which call, with environments that do nothing and a clock that is set.
#include "functions/environment_pool.h"
#include "kept_logs.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using functions::Answer;
using functions::Ended;
using functions::Invocation;
using functions::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SetClock final : public Clock {
 public:
  Instant now() const override { return Instant(1'764'417'600'000ms) + since_; }
  SteadyInstant steady() const override { return SteadyInstant(1'000'000ms) + since_; }
  void advance(std::chrono::milliseconds by) { since_ += by; }

 private:
  std::chrono::milliseconds since_{0};
};

class FunctionPoolTest : public testing::Test, public functions::EnvironmentMaker {
 protected:
  struct Seen {
    std::vector<Invocation> given;
    int kills = 0;
  };

  class ScriptedEnvironment final : public functions::Environment {
   public:
    ScriptedEnvironment(FunctionPoolTest& test, unsigned place)
        : test_(test), place_(place), log_(test.logs_, test.clock_, "/aws/lambda/f", std::string(32, 'a')) {
      test_.alive_.insert(place);
    }
    ~ScriptedEnvironment() override { test_.alive_.erase(place_); }
    void give(const Invocation& invocation) override { test_.seen_[place_].given.push_back(invocation); }
    void kill() override { ++test_.seen_[place_].kills; }
    void collect_output() override {}
    functions::LogStream& log() override { return log_; }
    std::uint64_t peak_bytes() const override { return 36ull << 20; }

   private:
    FunctionPoolTest& test_;
    unsigned place_;
    functions::LogStream log_;
  };

  FunctionPoolTest() {
    code_.name = "f";
    code_.runtime = "python3.12";
    code_.timeout = 3s;
    rules_.processes = 2;
    rules_.idle = 60s;
  }

  bool may_start() override { return room_; }
  std::unique_ptr<functions::Environment> start(unsigned place, functions::EnvironmentEvents&) override {
    started_.push_back(place);
    return std::make_unique<ScriptedEnvironment>(*this, place);
  }
  void clear(unsigned place) override { cleared_.push_back(place); }

  functions::Pool& pool() {
    if (!pool_) pool_.emplace(code_, rules_, *this, clock_);
    return *pool_;
  }

  void call(const std::string& id) {
    functions::Call call;
    call.attempt = "attempt-" + id;
    call.request_id = id;
    call.payload = R"({"id":")" + id + "\"}";
    call.started = [this, id] { began_.push_back(id); };
    call.done = [this, id](Result<Outcome> outcome) { ended_[id] = outcome ? outcome->payload : outcome.error().name; };
    pool().submit(std::move(call));
  }

  void answer(unsigned place, const std::string& text = "\"done\"") { pool().answered(place, {text, false, "", ""}); }
  /// Up to the next call.
  void finish(unsigned place) {
    answer(place);
    pool().ready(place);
  }
  void advance(std::chrono::milliseconds by) {
    clock_.advance(by);
    pool().tick();
  }
  std::string given(unsigned place) { return seen_[place].given.empty() ? "" : seen_[place].given.back().request_id; }

  SetClock clock_;
  KeptLogs logs_;
  functions::FunctionCode code_;
  functions::WorkerRules rules_;
  bool room_ = true;
  std::vector<unsigned> started_;
  std::vector<unsigned> cleared_;
  std::map<unsigned, Seen> seen_;
  std::set<unsigned> alive_;
  std::vector<std::string> began_;
  std::map<std::string, std::string> ended_;
  std::optional<functions::Pool> pool_;
};

TEST_F(FunctionPoolTest, ACallStartsAnEnvironmentThatServesTheNextCallToo) {
  call("one");
  EXPECT_THAT(started_, ElementsAre(0u));
  EXPECT_THAT(seen_[0].given, IsEmpty());
  pool().ready(0);
  EXPECT_EQ(given(0), "one");
  finish(0);
  EXPECT_EQ(ended_["one"], "\"done\"");
  call("two");
  EXPECT_EQ(given(0), "two");
  EXPECT_THAT(started_, ElementsAre(0u));
}

TEST_F(FunctionPoolTest, TheReportTellsOfTheColdStartOnlyOnce) {
  call("one");
  clock_.advance(110ms);
  pool().ready(0);
  clock_.advance(3ms);
  finish(0);
  call("two");
  clock_.advance(5ms);
  finish(0);
  EXPECT_THAT(logs_.messages(),
              ElementsAre("INIT_START Runtime Version: python3.12", "START RequestId: one Version: $LATEST",
                          "END RequestId: one",
                          "REPORT RequestId: one\tDuration: 3.00 ms\tBilled Duration: 113 ms\tMemory Size: 128 MB\tMax "
                          "Memory Used: 36 MB\tInit Duration: 110.00 ms\t",
                          "START RequestId: two Version: $LATEST", "END RequestId: two",
                          "REPORT RequestId: two\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax "
                          "Memory Used: 36 MB\t"));
}

TEST_F(FunctionPoolTest, TheDeadlineIsTheTimeoutFromWhenTheEnvironmentIsTold) {
  call("one");
  clock_.advance(500ms);
  pool().ready(0);
  EXPECT_EQ(seen_[0].given.back().deadline, clock_.now() + 3s);
}

TEST_F(FunctionPoolTest, CallsWaitForAProcessWhereTheFunctionHasNoConcurrency) {
  for (const char* id : {"one", "two", "three"}) call(id);
  EXPECT_THAT(started_, ElementsAre(0u, 1u));
  pool().ready(0);
  pool().ready(1);
  EXPECT_FALSE(ended_.contains("three"));
  finish(1);
  EXPECT_EQ(given(1), "three");
  EXPECT_THAT(began_, ElementsAre("one", "two", "three"));
}

TEST_F(FunctionPoolTest, CallsBeyondTheConcurrencyAreRefused) {
  code_.concurrency = 1;
  call("one");
  call("two");
  EXPECT_EQ(ended_["two"], "TooManyRequestsException");
  pool().ready(0);
  answer(0);
  call("three");  // the process has answered and is free in a moment
  EXPECT_FALSE(ended_.contains("three"));
  pool().ready(0);
  EXPECT_EQ(given(0), "three");
}

TEST_F(FunctionPoolTest, ACallIsRefusedWhereNoMoreProcessesMayBeStarted) {
  room_ = false;
  call("one");
  EXPECT_EQ(ended_["one"], "TooManyRequestsException");
}

TEST_F(FunctionPoolTest, AFreeEnvironmentTakesTheCallOfOneThatIsStillStarting) {
  call("one");
  pool().ready(0);
  call("two");
  finish(0);
  EXPECT_EQ(given(0), "two");
  pool().ready(1);
  EXPECT_THAT(seen_[1].given, IsEmpty());
}

TEST_F(FunctionPoolTest, ACallPastItsTimeoutIsAnsweredWhenTheProcessHasEnded) {
  call("one");
  pool().ready(0);
  advance(2'999ms);
  EXPECT_EQ(seen_[0].kills, 0);
  advance(1ms);
  EXPECT_EQ(seen_[0].kills, 1);
  EXPECT_FALSE(ended_.contains("one"));
  pool().ended(0, {9, false, "", false});
  EXPECT_EQ(
      ended_["one"],
      R"({"errorType":"Sandbox.Timedout","errorMessage":"RequestId: one Error: Task timed out after 3.00 seconds"})");
  EXPECT_TRUE(logs_.has("\tStatus: timeout"));
  EXPECT_THAT(cleared_, IsEmpty());  // the next one finds the files under /tmp
  call("two");
  EXPECT_THAT(started_, ElementsAre(0u, 0u));
}

TEST_F(FunctionPoolTest, ACallWhoseProcessEndsAfterTheDeadlineIsTooLateEvenIfTheEndIsHeardOfFirst) {
  for (const bool unseen : {false, true}) {
    const std::string id = unseen ? "unseen" : "seen";
    call(id);
    if (seen_[0].given.empty() || given(0) != id) pool().ready(0);
    clock_.advance(3s);
    pool().ended(0, {9, false, "", unseen});
    EXPECT_THAT(ended_[id], HasSubstr("Sandbox.Timedout"));
    EXPECT_EQ(seen_[0].kills, 0);
  }
}

TEST_F(FunctionPoolTest, AStartThatEndsAfterItsTimeIsTooLateEvenIfTheEndIsHeardOfFirst) {
  call("one");
  clock_.advance(10s);
  pool().ended(0, {9, false, "", false});
  EXPECT_TRUE(logs_.has("Phase: init\tStatus: timeout"));
  clock_.advance(3s);
  pool().ended(0, {9, false, "", false});
  EXPECT_THAT(ended_["one"], HasSubstr("Sandbox.Timedout"));
}

TEST_F(FunctionPoolTest, ACallIsAnsweredEvenIfTheKilledProcessIsNeverReported) {
  call("one");
  pool().ready(0);
  advance(3s);
  advance(5s);
  EXPECT_THAT(ended_["one"], HasSubstr("Sandbox.Timedout"));
}

TEST_F(FunctionPoolTest, AnEnvironmentThatHasAnsweredIsBusyUntilItAsksAgain) {
  call("one");
  pool().ready(0);
  answer(0);
  EXPECT_TRUE(ended_.contains("one"));
  call("two");
  EXPECT_THAT(started_, ElementsAre(0u));
  EXPECT_EQ(pool().due(), clock_.steady() + functions::kSettlingTime);
  advance(functions::kSettlingTime);
  EXPECT_THAT(started_, ElementsAre(0u, 1u));
  advance(3s);  // the first call's deadline: it never asks
  EXPECT_FALSE(alive_.contains(0));
}

TEST_F(FunctionPoolTest, AnExitIsTheCallsError) {
  call("one");
  pool().ready(0);
  pool().ended(0, {3 << 8, false, "", false});
  EXPECT_EQ(
      ended_["one"],
      R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: one Error: Runtime exited with error: exit status 3"})");
  EXPECT_TRUE(logs_.has("RequestId: one Error: Runtime exited with error: exit status 3"));
  EXPECT_TRUE(logs_.has("\tStatus: error\tError Type: Runtime.ExitError"));
}

TEST_F(FunctionPoolTest, MemoryIsTheCallsError) {
  call("one");
  pool().ready(0);
  pool().ended(0, {9, true, "", false});
  EXPECT_EQ(
      ended_["one"],
      R"({"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: one Error: Runtime exited with error: signal: killed"})");
}

TEST_F(FunctionPoolTest, AStartThatFailsIsTriedOnceMoreWithinTheCall) {
  call("one");
  pool().init_failed(
      0, {R"({"errorType":"Runtime.ImportModuleError","errorMessage":"no"})", true, "Runtime.ImportModuleError", ""});
  EXPECT_EQ(seen_[0].kills, 1);
  pool().ended(0, {1 << 8, false, "", false});
  EXPECT_THAT(started_, ElementsAre(0u, 0u));
  pool().init_failed(0, {R"({"errorType":"Runtime.ImportModuleError","errorMessage":"still no"})", true,
                         "Runtime.ImportModuleError", ""});
  pool().ended(0, {1 << 8, false, "", false});
  EXPECT_THAT(ended_["one"], HasSubstr("still no"));
  std::vector<std::string> kinds;
  for (const auto& each : logs_.messages()) kinds.push_back(each.substr(0, each.find(' ')));
  EXPECT_THAT(kinds, ElementsAre("INIT_START", "INIT_REPORT", "INIT_START", "INIT_REPORT", "START", "END", "REPORT"));
  EXPECT_TRUE(logs_.has("Phase: init\tStatus: error\tError Type: Runtime.ImportModuleError"));
  EXPECT_TRUE(logs_.has("Phase: invoke\tStatus: error"));
}

TEST_F(FunctionPoolTest, ASlowStartGoesOnWithinTheCallsTime) {
  code_.timeout = 30s;
  call("one");
  advance(10s);
  EXPECT_EQ(seen_[0].kills, 1);
  pool().ended(0, {9, false, "", false});
  EXPECT_TRUE(logs_.has("Phase: init\tStatus: timeout"));
  clock_.advance(12s);
  pool().ready(0);
  EXPECT_EQ(seen_[0].given.back().deadline, clock_.now() + 18s);
  finish(0);
  EXPECT_EQ(ended_["one"], "\"done\"");
}

TEST_F(FunctionPoolTest, AStartThatTakesTheCallsTimeIsATimeout) {
  call("one");
  advance(10s);
  pool().ended(0, {9, false, "", false});
  advance(3s);
  pool().ended(0, {9, false, "", false});
  EXPECT_THAT(ended_["one"], HasSubstr("Sandbox.Timedout"));
}

TEST_F(FunctionPoolTest, AnEnvironmentFoundDeadHasNotSeenTheCallWhichIsMadeByAnother) {
  call("one");
  pool().ready(0);
  finish(0);
  call("two");
  pool().ended(0, {9, false, "", true});
  EXPECT_FALSE(ended_.contains("two"));
  pool().ready(0);
  finish(0);
  EXPECT_EQ(ended_["two"], "\"done\"");
}

TEST_F(FunctionPoolTest, IdleEnvironmentsEndAndTheirFilesAreRemovedLater) {
  call("one");
  pool().ready(0);
  finish(0);
  advance(59'999ms);
  EXPECT_TRUE(alive_.contains(0));
  EXPECT_EQ(pool().due(), clock_.steady() + 1ms);
  advance(1ms);
  EXPECT_FALSE(alive_.contains(0));
  EXPECT_THAT(cleared_, IsEmpty());
  advance(60s);
  EXPECT_THAT(cleared_, ElementsAre(0u));
  EXPECT_EQ(pool().due(), std::nullopt);
}

TEST_F(FunctionPoolTest, NewCodeIsRunByNewEnvironmentsWhileOldCallsGoOn) {
  call("one");
  pool().ready(0);
  pool().retire();
  call("two");
  EXPECT_THAT(started_, ElementsAre(0u, 1u));
  finish(0);
  EXPECT_EQ(ended_["one"], "\"done\"");
  EXPECT_FALSE(alive_.contains(0));
}

TEST_F(FunctionPoolTest, AWaitingCallCanBeCancelledAndARunningOneCannot) {
  rules_.processes = 1;
  call("one");
  call("two");
  pool().cancel("attempt-two");
  EXPECT_EQ(ended_["two"], "ServiceException");
  pool().cancel("attempt-one");
  EXPECT_FALSE(ended_.contains("one"));
}

TEST_F(FunctionPoolTest, AClosedPoolRefusesAndLetsGo) {
  rules_.processes = 1;
  call("one");
  pool().ready(0);
  call("two");
  pool().close();
  call("three");
  EXPECT_EQ(ended_["two"], "ServiceException");
  EXPECT_EQ(ended_["three"], "ServiceException");
  finish(0);
  EXPECT_EQ(ended_["one"], "\"done\"");
  EXPECT_FALSE(alive_.contains(0));
}

TEST_F(FunctionPoolTest, AProcessThatAsksAgainIsToldTheSameCall) {
  call("one");
  pool().ready(0);
  pool().ready(0);
  ASSERT_EQ(seen_[0].given.size(), 2u);
  EXPECT_EQ(seen_[0].given[1].request_id, "one");
}

TEST_F(FunctionPoolTest, TheWaitingAreLimited) {
  rules_.processes = 1;
  call("one");
  for (std::size_t i = 0; i < functions::Pool::kWaitingMax; ++i) call("waiting-" + std::to_string(i));
  EXPECT_TRUE(ended_.empty());
  call("last");
  EXPECT_EQ(ended_["last"], "TooManyRequestsException");
}

}  // namespace
}  // namespace stepd::test
