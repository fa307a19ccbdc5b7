// What `stepd run --trace` tells of an execution.
#include "daemon/cli/trace.h"
#include "engine/core/compile.h"
#include "engine/core/decide.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace stepd::daemon {
namespace {

using namespace std::chrono_literals;
namespace command = core::command;

/// An execution whose tasks fail and whose timers are due at once, and what is told of it.
std::string trace_of(const char* definition, const char* input, bool coloured = false) {
  const auto compiled = core::compile_text(std::string_view(definition));
  EXPECT_NE(compiled.definition, nullptr);
  std::ostringstream told;
  Trace trace(told, coloured);
  core::Execution execution;
  Instant now{1'700'000'000'000ms};
  const auto decide = [&](const core::Command& given) {
    core::decide(*compiled.definition, execution, given, {now, 1}, &trace);
  };
  decide(command::Start{{}, *Payload::parse(input)});
  while (execution.status() == core::Status::Running) {
    const auto owed = execution.awaited();
    EXPECT_FALSE(owed.empty());
    if (owed.empty()) break;
    const auto& next = owed.front();
    if (next.kind == core::Awaited::Kind::Task) {
      decide(command::TaskStart{next.frame, next.token, ""});
      decide(command::TaskFailure{next.frame, next.token, {"Busy", "come\nback"}});
    } else {
      now = next.due;
      decide(command::WaitElapsed{next.frame, next.token, next.due});
    }
  }
  return told.str();
}

TEST(Trace, TellsEachStateWithWhatChangesOnItsWay) {
  EXPECT_EQ(trace_of(R"({"StartAt":"Sort","States":{
      "Sort":{"Type":"Pass","InputPath":"$.box","Assign":{"n.$":"$.n"},"ResultPath":"$.out","Next":"Rest"},
      "Rest":{"Type":"Wait","Seconds":2,"End":true}}})",
                     R"({"box":{"n":3}})"),
            R"(Sort  Pass
  input                 {"box":{"n":3}}
  after InputPath       {"n":3}
  after ResultPath      {"box":{"n":3},"out":{"n":3}}
  $n                    3
  output                {"box":{"n":3},"out":{"n":3}}
  next                  Rest
Rest  Wait
  input                 {"box":{"n":3},"out":{"n":3}}
  waits                 2 s
  output                {"box":{"n":3},"out":{"n":3}}
)");
}

TEST(Trace, TellsRetriesAndWhoCatches) {
  EXPECT_EQ(trace_of(R"({"StartAt":"Ask","States":{
      "Ask":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",
             "Retry":[{"ErrorEquals":["Busy"],"MaxAttempts":1,"IntervalSeconds":5}],
             "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Sorry"}],"End":true},
      "Sorry":{"Type":"Pass","Result":0,"End":true}}})",
                     "{}"),
            R"(Ask  Task
  input                 {}
  calls                 arn:aws:lambda:us-east-1:123456789012:function:f
  error                 Busy: come back
  retry 1               in 5 s, by Retry[0]
  calls                 arn:aws:lambda:us-east-1:123456789012:function:f
  error                 Busy: come back
  output                {"Error":"Busy","Cause":"come\nback"}
  caught, next          Sorry
Sorry  Pass
  input                 {"Error":"Busy","Cause":"come\nback"}
  result                0
  output                0
)");
}

TEST(Trace, IndentsIterationsBelowTheirMap) {
  EXPECT_EQ(trace_of(R"({"StartAt":"Each","States":{"Each":{"Type":"Map","ItemsPath":"$.list","End":true,
      "ItemProcessor":{"StartAt":"One","States":{"One":{"Type":"Pass","End":true}}}}}})",
                     R"({"list":["a","b"]})"),
            R"(Each  Map
  input                 {"list":["a","b"]}
  items                 ["a","b"]
  iteration 0
    One  Pass
      input                 "a"
      output                "a"
  iteration 1
    One  Pass
      input                 "b"
      output                "b"
Each  Map, joined
  result                ["a","b"]
  output                ["a","b"]
)");
}

TEST(Trace, TellsTheBranchThatFailsBeforeTheStateThatFailsOfIt) {
  EXPECT_EQ(trace_of(R"({"StartAt":"Both","States":{"Both":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"Break","States":{"Break":{"Type":"Fail","Error":"Oops","Cause":"torn"}}}]}}})",
                     "{}"),
            R"(Both  Parallel
  input                 {}
  branch 0
    Break  Fail
      input                 {}
      error                 Oops: torn
Both  failed
  error                 Oops: torn
)");
}

TEST(Trace, CutsLongValuesBetweenCharacters) {
  std::string input = "\"";
  for (int i = 0; i < 600; ++i) input += "\xC3\xA9";
  const auto told = trace_of(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})", (input + "\"").c_str());
  EXPECT_NE(told.find("\xC3\xA9... (1202 bytes)\n"), std::string::npos) << told;
}

TEST(Trace, LetsNoEscapeSequenceOfTheDataReachATerminal) {
  const auto told = trace_of(R"({"StartAt":"A","States":{"A":{"Type":"Fail","Cause":"\u001b[2J"}}})", "{}");
  EXPECT_EQ(told.find('\x1b'), std::string::npos);
  EXPECT_NE(trace_of(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})", "{}", true).find("\x1b[1mA\x1b[0m"),
            std::string::npos);
}

}  // namespace
}  // namespace stepd::daemon
