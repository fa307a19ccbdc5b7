// TestState where it really calls something: the answer, the timeouts, and what comes too late.
#include "engine/run/state_tests.h"
#include "support/manual_clock.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

using namespace std::chrono_literals;

class CallsToBeAnswered final : public TaskRunner {
 public:
  void start(TaskCall call) override { calls.push_back(std::move(call)); }
  void cancel(const std::string& attempt) override { cancelled.push_back(attempt); }

  std::vector<TaskCall> calls;
  std::vector<std::string> cancelled;
};

class StateTests : public testing::Test {
 protected:
  void ask(const std::string& definition) {
    TestState test;
    test.definition = definition;
    test.role_arn = "arn:aws:iam::123456789012:role/tester";
    test.input = R"({"a":1})";
    test_state({loop, tasks, clock, "eu-north-1", "123456789012"}, test, [this](Answer<TestedState> answer) {
      ++replies;
      told = answer ? answer->answer.text() : answer.error().message;
    });
    loop.run_ready();
  }

  test::ManualClock clock;
  Loop loop{"test", clock};
  CallsToBeAnswered tasks;
  int replies = 0;
  std::string told;
};

TEST_F(StateTests, AStateThatCallsNothingIsAnsweredAtOnce) {
  ask(R"({"Type":"Pass","Parameters":{"of.$":"$$.Execution.Id"},"End":true})");
  EXPECT_EQ(replies, 1);
  EXPECT_NE(told.find("arn:aws:states:eu-north-1:123456789012:express:"), std::string::npos) << told;
  EXPECT_TRUE(tasks.calls.empty());
}

TEST_F(StateTests, ATaskIsCalledAndItsAnswerIsTheStates) {
  ask(R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true})");
  ASSERT_EQ(tasks.calls.size(), 1U);
  EXPECT_EQ(replies, 0);
  EXPECT_EQ(tasks.calls[0].input.text(), R"({"a":1})");
  tasks.calls[0].done(Payload(Json{{"b", 2}}));
  loop.run_ready();
  EXPECT_EQ(told, R"({"status":"SUCCEEDED","output":"{\"b\":2}"})");
}

TEST_F(StateTests, ATaskThatFailsIsCaughtAsInAnExecution) {
  ask(R"({"Type":"Task","Resource":"f","Catch":[{"ErrorEquals":["Broken"],"Next":"Sorry"}],"End":true})");
  ASSERT_EQ(tasks.calls.size(), 1U);
  tasks.calls[0].done(AslError{"Broken", "by itself"});
  loop.run_ready();
  EXPECT_EQ(told, R"({"status":"CAUGHT_ERROR","output":"{\"Error\":\"Broken\",\"Cause\":\"by itself\"}",)"
                  R"("error":"Broken","cause":"by itself","nextState":"Sorry"})");
}

TEST_F(StateTests, ATaskIsGivenUpAfterItsTimeoutAndALateAnswerIsIgnored) {
  ask(R"({"Type":"Task","Resource":"f","TimeoutSeconds":7,"End":true})");
  ASSERT_EQ(tasks.calls.size(), 1U);
  clock.advance(6999ms);
  loop.run_ready();
  EXPECT_EQ(replies, 0);
  clock.advance(1ms);
  loop.run_ready();
  EXPECT_EQ(told, R"({"status":"FAILED","error":"States.Timeout"})");
  EXPECT_EQ(tasks.cancelled, std::vector<std::string>{tasks.calls[0].attempt});
  tasks.calls[0].done(Payload());
  loop.run_ready();
  EXPECT_EQ(replies, 1);
}

TEST_F(StateTests, NoTestTakesLongerThanFiveMinutes) {
  ask(R"({"Type":"Task","Resource":"f","TimeoutSeconds":3600,"End":true})");
  clock.advance(300s);
  loop.run_ready();
  EXPECT_EQ(told, R"({"status":"FAILED","error":"States.Timeout"})");
}

TEST_F(StateTests, AResultThatIsTooLargeFailsTheState) {
  ask(R"({"Type":"Task","Resource":"f","End":true})");
  ASSERT_EQ(tasks.calls.size(), 1U);
  tasks.calls[0].done(Payload(Json(std::string(262'143, 'x'))));
  loop.run_ready();
  EXPECT_NE(told.find("States.DataLimitExceeded"), std::string::npos) << told;
}

TEST_F(StateTests, AFaultyDefinitionIsRefusedInAwsWords) {
  ask(R"({"Type":"Parallel2","End":true})");
  EXPECT_EQ(told.find("Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: "), 0U) << told;
  EXPECT_NE(told.find("/States/StateName/Type"), std::string::npos) << told;
}

}  // namespace
}  // namespace stepd::run
