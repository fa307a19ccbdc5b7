// RedriveExecution, what others tell of redrives, and the operations of Map Runs, of which there are none.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

using storage::ExecutionStatus;

const std::string kMapRun = "arn:aws:states:us-east-1:123456789012:mapRun:greet/each:0b5f";

class Redrive : public Api {};

TEST_F(Redrive, HandsArnAndTokenOnAndAnswersWithTheDate) {
  run::RedriveExecution seen;
  gateway.on_redrive = [&](run::RedriveExecution request, const run::Reply<run::RedrivenExecution>& reply) {
    seen = std::move(request);
    reply(run::RedrivenExecution{kNow});
  };
  const auto answer = call("RedriveExecution", Json{{"executionArn", kExecutionArn}, {"clientToken", "once"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"redriveDate":1763712345.678})");
  EXPECT_EQ(seen.execution_arn, kExecutionArn);
  EXPECT_EQ(seen.client_token, "once");
  call("RedriveExecution", Json{{"executionArn", kExecutionArn}});
  EXPECT_EQ(seen.client_token, std::nullopt);
}

TEST_F(Redrive, IsRefusedInAwssWords) {
  gateway.on_redrive = [](run::RedriveExecution, const run::Reply<run::RedrivenExecution>& reply) {
    reply(run::Refusal{run::RefusalCode::ExecutionNotRedrivable, "Execution redrivable period exceeded"});
  };
  expect_error(call("RedriveExecution", Json{{"executionArn", kExecutionArn}}), "ExecutionNotRedrivable",
               "Execution redrivable period exceeded");
  expect_error(call("RedriveExecution", Json{{"executionArn", kMachineArn}}), "InvalidArn",
               "Invalid Arn: 'Resource type not valid in this context: stateMachine'");
  EXPECT_EQ(call("RedriveExecution", Json{{"executionArn", kExecutionArn}, {"clientToken", std::string(65, 't')}})
                .json()["__type"],
            "ValidationException");
}

TEST_F(Redrive, IsToldByDescribeExecutionAndListExecutions) {
  auto again = execution(1, ExecutionStatus::Failed);
  again.redrive_count = 2;
  again.redriven_at = kNow;
  reader.machines = {machine()};
  reader.execution_list = {again};
  gateway.not_redrivable = "Execution history event limit exceeded";
  const auto described = call("DescribeExecution", Json{{"executionArn", again.arn}}).json();
  EXPECT_EQ(described["redriveCount"], 2);
  EXPECT_EQ(described["redriveDate"], 1763712345.678);
  EXPECT_EQ(described["redriveStatus"], "NOT_REDRIVABLE");
  EXPECT_EQ(described["redriveStatusReason"], "Execution history event limit exceeded");
  const auto listed = call("ListExecutions", Json{{"stateMachineArn", kMachineArn}}).json()["executions"][0];
  EXPECT_EQ(listed["redriveCount"], 2);
  EXPECT_EQ(listed["redriveDate"], 1763712345.678);
}

TEST_F(Redrive, ThereAreNoMapRuns) {
  auto one = execution(1, ExecutionStatus::Running);
  reader.execution_list = {one};
  EXPECT_EQ(call("ListMapRuns", Json{{"executionArn", one.arn}}).body, R"({"mapRuns":[]})");
  expect_error(call("ListMapRuns", Json{{"executionArn", one.arn}, {"nextToken", "abc"}}), "InvalidToken",
               "Invalid Token: 'Invalid token'");
  expect_error(call("ListMapRuns", Json{{"executionArn", kExecutionArn + "x"}}), "ExecutionDoesNotExist",
               "Execution Does Not Exist: '" + kExecutionArn + "x'");
  const auto none = call("DescribeMapRun", Json{{"mapRunArn", kMapRun}});
  expect_error(none, "ResourceNotFound", "Map Run Does Not Exist: '" + kMapRun + "'");
  EXPECT_EQ(none.json()["resourceName"], kMapRun);
  expect_error(call("UpdateMapRun", Json{{"mapRunArn", kMapRun}, {"toleratedFailurePercentage", 12.5}}),
               "ResourceNotFound", "Map Run Does Not Exist: '" + kMapRun + "'");
  EXPECT_EQ(call("UpdateMapRun", Json{{"mapRunArn", kMapRun}, {"toleratedFailurePercentage", 100.5}}).json()["__type"],
            "ValidationException");
  expect_error(call("DescribeMapRun", Json{{"mapRunArn", kMachineArn}}), "InvalidArn",
               "Invalid Arn: 'Resource type not valid in this context: stateMachine'");
}

}  // namespace
}  // namespace stepd::api::test
