// What executions log, line by line, and which events which level lets through.
#include "engine/run/execution_log.h"
#include "run/bench_of_one.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using run::LogLevel;

struct Matrix {
  const char* type;
  bool error;
  bool fatal;
};

/// AWS dev guide, logging in CloudWatch Logs: the table of event types and levels. ALL has every one of them, OFF none.
constexpr Matrix kMatrix[] = {
    {"ChoiceStateEntered", false, false},
    {"ChoiceStateExited", false, false},
    {"ExecutionAborted", true, true},
    {"ExecutionFailed", true, true},
    {"ExecutionStarted", false, false},
    {"ExecutionSucceeded", false, false},
    {"ExecutionTimedOut", true, true},
    {"FailStateEntered", true, false},
    {"LambdaFunctionFailed", true, false},
    {"LambdaFunctionScheduled", false, false},
    {"LambdaFunctionScheduleFailed", true, false},
    {"LambdaFunctionStarted", false, false},
    {"LambdaFunctionStartFailed", true, false},
    {"LambdaFunctionSucceeded", false, false},
    {"LambdaFunctionTimedOut", true, false},
    {"MapIterationAborted", true, false},
    {"MapIterationFailed", true, false},
    {"MapIterationStarted", false, false},
    {"MapIterationSucceeded", false, false},
    {"MapRunAborted", true, false},
    {"MapRunFailed", true, false},
    {"MapStateAborted", true, false},
    {"MapStateEntered", false, false},
    {"MapStateExited", false, false},
    {"MapStateFailed", true, false},
    {"MapStateStarted", false, false},
    {"MapStateSucceeded", false, false},
    {"ParallelStateAborted", true, false},
    {"ParallelStateEntered", false, false},
    {"ParallelStateExited", false, false},
    {"ParallelStateFailed", true, false},
    {"ParallelStateStarted", false, false},
    {"ParallelStateSucceeded", false, false},
    {"PassStateEntered", false, false},
    {"PassStateExited", false, false},
    {"SucceedStateEntered", false, false},
    {"SucceedStateExited", false, false},
    {"TaskFailed", true, false},
    {"TaskScheduled", false, false},
    {"TaskStarted", false, false},
    {"TaskStartFailed", true, false},
    {"TaskStateAborted", true, false},
    {"TaskStateEntered", false, false},
    {"TaskStateExited", false, false},
    {"TaskSubmitFailed", true, false},
    {"TaskSubmitted", false, false},
    {"TaskSucceeded", false, false},
    {"TaskTimedOut", true, false},
    {"WaitStateAborted", true, false},
    {"WaitStateEntered", false, false},
    {"WaitStateExited", false, false},
};

TEST(LogLevels, LetThroughWhatAwssTableSays) {
  for (const auto& row : kMatrix) {
    EXPECT_TRUE(run::is_logged(LogLevel::All, row.type)) << row.type;
    EXPECT_EQ(run::is_logged(LogLevel::Error, row.type), row.error) << row.type;
    EXPECT_EQ(run::is_logged(LogLevel::Fatal, row.type), row.fatal) << row.type;
    EXPECT_FALSE(run::is_logged(LogLevel::Off, row.type)) << row.type;
  }
}

constexpr auto kDestination =
    R"("destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:123456789012:log-group:/aws/g:*"}}])";

std::string logging(const std::string& level, bool data) {
  return R"({"loggingConfiguration":{"level":")" + level + R"(","includeExecutionData":)" + (data ? "true" : "false") +
         "," + kDestination + "}}";
}

TEST(LogSettings, AreReadOfAStateMachinesConfiguration) {
  const auto all = run::read_log_settings(logging("ALL", true));
  EXPECT_EQ(all.level, LogLevel::All);
  EXPECT_TRUE(all.with_data);
  EXPECT_EQ(all.group, "/aws/g");
  EXPECT_EQ(run::read_log_settings(logging("OFF", true)).level, LogLevel::Off);
  for (const char* none : {"", "{}", "[]", R"({"loggingConfiguration":{"level":"ALL"}})",
                           R"({"loggingConfiguration":{"level":"ALL","destinations":[{}]}})",
                           R"({"loggingConfiguration":{"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":
                               {"logGroupArn":"arn:aws:logs:us-east-1:123456789012:stream:x"}}]}})",
                           R"({"loggingConfiguration":5})"}) {
    EXPECT_EQ(run::read_log_settings(none).level, LogLevel::Off) << none;
  }
}

class Lines final : public LogGroups {
 public:
  void append(std::string_view group, std::string line) override { text += std::string(group) + " " + line + "\n"; }
  std::string text;
};

/// Every kind of event: a task that fails once and is retried, a Parallel whose branch fails, a Map, an error caught.
constexpr auto kEverything = R"({"StartAt":"T","States":{
  "T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"ResultPath":null,
       "Credentials":{"RoleArn":"arn:aws:iam::1:role/x"},"TimeoutSeconds":5,"Next":"M"},
  "M":{"Type":"Map","ItemsPath":"$.n","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},
       "ResultPath":null,"Assign":{"v":1},"Next":"P"},
  "P":{"Type":"Parallel","Branches":[{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Bad","Cause":"on principle"}}}],"End":true}}})";

std::string logged(const std::string& configuration, bool express = false) {
  BenchOfOne bench;
  Lines lines;
  run::ExecutionLog log(lines);
  bench.listeners = {&log};
  bench.restart();
  const auto type = express ? storage::StateMachineType::Express : storage::StateMachineType::Standard;
  const auto machine = bench.create({"m", kEverything, "arn:aws:iam::123456789012:role/r", type, configuration});
  const std::string input = R"({"n":[7]})";
  if (express)
    bench.run_express(machine, "one", input);
  else
    bench.start(machine, "one", input);
  bench.settle();
  if (!bench.tasks.open.empty()) bench.tasks.open.begin()->second.done(Payload(Json{{"r", 1}}));
  bench.settle();
  const auto at = std::to_string(bench.clock.now().time_since_epoch().count());
  for (std::size_t found; (found = lines.text.find(at)) != std::string::npos;)
    lines.text.replace(found, at.size(), "NOW");
  for (std::size_t found; (found = lines.text.find("arn:aws:states:us-east-1:123456789012:")) != std::string::npos;)
    lines.text.replace(found, 38, "ARN:");
  return lines.text;
}

/// A line as it is expected, of the execution ARN:execution:m:one.
std::string line(int id, const std::string& type, const std::string& details, int previous,
                 const std::string& arn = "ARN:execution:m:one") {
  return R"(/aws/g {"id":")" + std::to_string(id) + R"(","type":")" + type + R"(","details":)" + details +
         R"(,"previous_event_id":")" + std::to_string(previous) + R"(","event_timestamp":"NOW","execution_arn":")" +
         arn + R"(","redrive_count":"0"})" + "\n";
}

TEST(ExecutionLog, AllWithDataIsTheWholeHistory) {
  const std::string input = R"("input":"{\"n\":[7]}","inputDetails":{"truncated":false})";
  const std::string output = R"("output":"{\"n\":[7]}","outputDetails":{"truncated":false})";
  EXPECT_EQ(
      logged(logging("ALL", true)),
      line(1, "ExecutionStarted", "{" + input + R"(,"roleArn":"arn:aws:iam::123456789012:role/r"})", 0) +
          line(2, "TaskStateEntered", R"({"name":"T",)" + input + "}", 0) +
          line(
              3, "TaskScheduled",
              R"({"resourceType":"lambda","resource":"invoke","region":"us-east-1","parameters":"{\"FunctionName\":\"f\"}",)"
              R"("timeoutInSeconds":5,"taskCredentials":{"roleArn":"arn:aws:iam::1:role/x"}})",
              2) +
          line(4, "TaskStarted", R"({"resourceType":"lambda","resource":"invoke"})", 3) +
          line(
              5, "TaskSucceeded",
              R"({"resourceType":"lambda","resource":"invoke","output":"{\"r\":1}","outputDetails":{"truncated":false}})",
              4) +
          line(6, "TaskStateExited", R"({"name":"T",)" + output + "}", 5) +
          line(7, "MapStateEntered", R"({"name":"M",)" + input + "}", 6) +
          line(8, "MapStateStarted", R"({"length":1})", 7) +
          line(9, "MapIterationStarted", R"({"name":"M","index":0})", 8) +
          line(10, "PassStateEntered", R"({"name":"I","input":"7","inputDetails":{"truncated":false}})", 9) +
          line(11, "PassStateExited", R"({"name":"I","output":"7","outputDetails":{"truncated":false}})", 10) +
          line(12, "MapIterationSucceeded", R"({"name":"M","index":0})", 11) + line(13, "MapStateSucceeded", "{}", 12) +
          line(14, "MapStateExited",
               R"({"name":"M",)" + output +
                   R"(,"assignedVariables":{"v":"1"},"assignedVariablesDetails":{"truncated":false}})",
               12) +
          line(15, "ParallelStateEntered", R"({"name":"P",)" + input + "}", 14) +
          line(16, "ParallelStateStarted", "{}", 15) +
          line(17, "FailStateEntered", R"({"name":"F",)" + input + "}", 16) +
          line(18, "ParallelStateFailed", "{}", 17) +
          line(19, "ExecutionFailed", R"({"error":"Bad","cause":"on principle"})", 18));
}

TEST(ExecutionLog, WithoutDataNothingOfItIsThere) {
  const auto text = logged(logging("ALL", false));
  for (const char* secret : {"[7]", "FunctionName", "parameters", "input", "output", "assigned", "truncated"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret << "\n" << text;
  }
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 19);
  EXPECT_NE(text.find(line(19, "ExecutionFailed", R"({"error":"Bad","cause":"on principle"})", 18)), std::string::npos);
}

TEST(ExecutionLog, ErrorIsWhateverFailed) {
  EXPECT_EQ(logged(logging("ERROR", false)),
            line(17, "FailStateEntered", R"({"name":"F"})", 16) + line(18, "ParallelStateFailed", "{}", 17) +
                line(19, "ExecutionFailed", R"({"error":"Bad","cause":"on principle"})", 18));
  EXPECT_NE(logged(logging("ERROR", true)).find(R"({"name":"F","input":)"), std::string::npos);
}

TEST(ExecutionLog, FatalIsTheEndAlone) {
  const auto end = line(19, "ExecutionFailed", R"({"error":"Bad","cause":"on principle"})", 18);
  EXPECT_EQ(logged(logging("FATAL", false)), end);
  EXPECT_EQ(logged(logging("FATAL", true)), end);
}

TEST(ExecutionLog, OffIsNothing) {
  EXPECT_EQ(logged(logging("OFF", true)), "");
  EXPECT_EQ(logged("{}"), "");
}

TEST(ExecutionLog, ExpressLogsTheSame) {
  EXPECT_EQ(logged(logging("FATAL", false), true),
            line(19, "ExecutionFailed", R"({"error":"Bad","cause":"on principle"})", 18, "ARN:express:m:one:0"));
  const auto text = logged(logging("ALL", true), true);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 19);
}

}  // namespace
}  // namespace stepd::test
