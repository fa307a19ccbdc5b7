// Which handlers answer a task at once, and that they do so on the thread that asks.
#include "services/dispatcher.h"
#include "tasks/handler.h"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::test {
namespace {

/// Answers the thread's number.
class WhereItRuns final : public tasks::Handler {
 public:
  explicit WhereItRuns(bool computes) : computes_(computes) {}
  Result<Json> invoke(const tasks::Invocation& invocation) override {
    if (invocation.event == Json("throw")) throw std::runtime_error("thrown");
    return Json(std::hash<std::thread::id>{}(std::this_thread::get_id()));
  }
  bool only_computes() const override { return computes_; }

 private:
  bool computes_;
};

class ComputedHandlers : public testing::Test {
 protected:
  ComputedHandlers() {
    handlers_["quick"] = std::make_unique<WhereItRuns>(true);
    handlers_["slow"] = std::make_unique<WhereItRuns>(false);
    services::ServiceOptions options;
    options.functions = {{"quick", "quick"}, {"slow", "slow"}};
    services::Function each{"each", "quick"};
    each.each = "$.list";
    services::Function both{"both", ""};
    both.steps = {{"first", "quick"}, {"second", "slow"}};
    services::Function quickly{"quickly", ""};
    quickly.steps = {{"first", "quick"}, {"second", "quick"}};
    options.functions.insert(options.functions.end(), {each, both, quickly});
    dispatcher_ = std::make_unique<services::Dispatcher>(options, handlers_, clock_);
  }

  std::optional<Result<Payload>> compute(const std::string& function, const std::string& input = "{}") {
    return dispatcher_->compute({asl::Resource::Kind::LambdaFunction, "", function}, Payload::trusted(input));
  }
  std::optional<Result<Payload>> invoke(const std::string& parameters) {
    return dispatcher_->compute({asl::Resource::Kind::Service, "lambda", "invoke"}, Payload::trusted(parameters));
  }
  static std::size_t here() { return std::hash<std::thread::id>{}(std::this_thread::get_id()); }

  const SystemClock clock_;
  services::Handlers handlers_;
  std::unique_ptr<services::Dispatcher> dispatcher_;
};

TEST_F(ComputedHandlers, AnswerOnTheThreadThatAsks) {
  const auto answer = compute("arn:aws:lambda:us-east-1:123456789012:function:quick");
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)->json(), Json(here()));
}

TEST_F(ComputedHandlers, OthersHaveToBeStarted) {
  for (const char* function : {"slow", "both", "each", "none", ""}) EXPECT_FALSE(compute(function)) << function;
  EXPECT_TRUE(compute("quickly"));
  EXPECT_FALSE(dispatcher_->compute({asl::Resource::Kind::Service, "aws-sdk:s3", "headObject"}, Payload()));
}

TEST_F(ComputedHandlers, AreFoundBehindLambdasEnvelope) {
  const auto answer = invoke(R"({"FunctionName":"quick:prod","Payload":{}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)->json()["Payload"], Json(here()));
  EXPECT_EQ((*answer)->json()["StatusCode"], 200);
  EXPECT_FALSE(invoke(R"({"FunctionName":"slow"})"));
  for (const char* parameters : {"{}", "[]", "null", R"({"FunctionName":7})"}) EXPECT_FALSE(invoke(parameters));
  EXPECT_FALSE(dispatcher_->compute({asl::Resource::Kind::Service, "lambda", "invoke.waitForTaskToken"},
                                    Payload::trusted(R"({"FunctionName":"quick"})")));
}

TEST_F(ComputedHandlers, WhatTheyThrowIsTheirFailure) {
  const auto answer = compute("quick", "\"throw\"");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().name, "Handler.Failed");
}

TEST_F(ComputedHandlers, AnswerWhileThePoolIsDraining) {
  dispatcher_->drain(std::chrono::milliseconds(0));
  const auto answer = compute("quick");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->has_value());
}

}  // namespace
}  // namespace stepd::test
