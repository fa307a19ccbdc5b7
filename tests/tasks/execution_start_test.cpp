#include "handler_fixture.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

class RecordingStarter final : public ExecutionStarter {
 public:
  Result<BegunExecution> start(NewExecution wanted) override {
    seen.push_back(std::move(wanted));
    if (seen.back().state_machine == "none") return AslError{"StateMachineDoesNotExist", "because"};
    return BegunExecution{"arn:" + seen.back().name, Instant(std::chrono::milliseconds(1'763'712'345'678))};
  }
  std::vector<NewExecution> seen;
};

class ExecutionStartTest : public testing::Test {
 protected:
  Result<Json> start(const char* event, const std::string& attempt = "7-1") {
    auto catalog = tasks::make_catalog({.objects = bench_.objects,
                                        .items = *bench_.items,
                                        .clock = bench_.clock,
                                        .image_limits = {},
                                        .executions = &starter_});
    const Json value = Json::parse(event);
    return catalog.at("execution.start")->invoke({value, attempt, {}});
  }
  Workbench bench_;
  RecordingStarter starter_;
};

TEST_F(ExecutionStartTest, AnswersAsStartExecutionDoes) {
  const auto answer = start(R"({"stateMachine": "m", "name": "one", "input": {"a": [1.0]}})");
  EXPECT_EQ(answer->dump(), R"({"executionArn":"arn:one","startDate":1763712345.678})");
  EXPECT_EQ(starter_.seen.front().input, R"({"a":[1.0]})");
}

TEST_F(ExecutionStartTest, ARepeatedAttemptAsksForTheSameName) {
  start(R"({"stateMachine": "m", "input": null})");
  start(R"({"stateMachine": "m", "input": null})");
  start(R"({"stateMachine": "m", "input": null})", "7-2");
  EXPECT_EQ(starter_.seen[0].name.size(), 64U);
  EXPECT_EQ(starter_.seen[0].name, starter_.seen[1].name);
  EXPECT_NE(starter_.seen[0].name, starter_.seen[2].name);
}

TEST_F(ExecutionStartTest, NamesItsErrors) {
  EXPECT_EQ(error_name(start(R"({"stateMachine": "none", "input": 1})")), "StateMachineDoesNotExist");
  EXPECT_EQ(error_name(start(R"({"stateMachine": "m"})")), "Handler.InvalidArguments");
  EXPECT_EQ(error_name(start(R"({"stateMachine": "", "input": 1})")), "Handler.InvalidArguments");
  EXPECT_EQ(error_name(bench_.run("execution.start", R"({"stateMachine": "m", "input": 1})")), "ServiceUnavailable");
}

}  // namespace
}  // namespace stepd::test
