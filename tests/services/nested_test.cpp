// Executions that start others: what the parent is told, who ends with whom, and what a restart changes (nothing).
#include "engine/run/engine.h"
#include "services/dispatcher.h"
#include "storage/memory/memory_store.h"
#include "support/ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::RefusalCode;
using storage::ExecutionStatus;
using ::testing::HasSubstr;

constexpr auto kDeadline = 30s;
const std::string kStart = "arn:aws:states:::states:startExecution";

const Json kChildPass{{"StartAt", "P"}, {"States", {{"P", {{"Type", "Pass"}, {"Result", {{"r", 1}}}, {"End", true}}}}}};
const Json kFail{{"StartAt", "F"}, {"States", {{"F", {{"Type", "Fail"}, {"Error", "Odd"}, {"Cause", "why"}}}}}};
const Json kChildWait{{"StartAt", "W"}, {"States", {{"W", {{"Type", "Wait"}, {"Seconds", 3'600}, {"End", true}}}}}};

class Nested : public testing::TestWithParam<unsigned> {
 protected:
  Nested() {
    options_.shards = GetParam();
    open();
  }
  void open() {
    engine_ = run::make_engine(options_, *store_, clock_, services::make_services_factory({}, handlers_, clock_));
    engine_->resume();
  }
  void restart() {
    engine_->drain(1s);
    engine_.reset();
    open();
  }

  std::string create(const std::string& name, const Json& definition,
                     storage::StateMachineType type = storage::StateMachineType::Standard) {
    const auto made = ask<run::CreatedStateMachine>([&](auto reply) {
      engine_->create_state_machine({name, definition.dump(), "arn:aws:iam::123456789012:role/r", type}, reply);
    });
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made.has_value() ? made->arn : "";
  }
  /// A machine with one task that starts `child`.
  std::string parent_of(const std::string& child, const std::string& pattern, Json parameters = Json::object(),
                        Json more = Json::object()) {
    parameters["StateMachineArn"] = child;
    Json task{{"Type", "Task"}, {"Resource", kStart + pattern}, {"Parameters", std::move(parameters)}, {"End", true}};
    task.update(more);
    return create("parent", Json{{"StartAt", "T"}, {"States", {{"T", std::move(task)}}}});
  }
  std::string start(const std::string& machine, const std::string& name = "one", const std::string& input = "{}") {
    const auto started = ask<run::StartedExecution>([&](auto reply) {
      engine_->start_execution({machine, name, input, ""}, std::move(reply));
    });
    EXPECT_TRUE(started.has_value()) << started.error().message;
    return started.has_value() ? started->arn : "";
  }
  void stop(const std::string& arn) {
    EXPECT_TRUE(ask<run::StoppedExecution>([&](auto reply) { engine_->stop_execution({arn, {}, {}}, reply); }));
  }

  template <class Question>
  auto until(Question question) {
    const auto limit = std::chrono::steady_clock::now() + kDeadline;
    for (;;) {
      if (auto answer = question()) return answer;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("it does not come");
      std::this_thread::yield();
    }
  }
  storage::ExecutionRecord end_of(const std::string& arn) {
    return *until([&] {
      auto record = store_->reader().execution(arn);
      return record && record->status != ExecutionStatus::Running ? record : std::nullopt;
    });
  }
  /// The first execution of that machine.
  storage::ExecutionRecord child_of(const std::string& machine) {
    return *until([&]() -> std::optional<storage::ExecutionRecord> {
      const auto found = store_->reader().executions({.state_machine_arn = machine, .status = {}, .before = {}});
      return found.empty() ? std::nullopt : store_->reader().execution(found.front().arn);
    });
  }
  std::vector<std::string> types(const std::string& arn) {
    std::vector<std::string> found;
    const auto page = engine_->history({arn});
    for (const auto& event : page->events) found.push_back(event["type"].get<std::string>());
    return found;
  }
  void await_type(const std::string& arn, const std::string& type) {
    until([&] { return types(arn).back() == type; });
  }

  SystemClock clock_;
  services::Handlers handlers_;
  run::EngineOptions options_;
  std::unique_ptr<storage::Store> store_ = storage::open_memory();
  std::unique_ptr<run::Engine> engine_;
};

TEST_P(Nested, AParentThatDoesNotWaitIsToldTheName) {
  const auto child = create("child", kChildWait);
  const auto end = end_of(start(parent_of(child, "", {{"Name", "mine"}, {"Input", nullptr}})));
  const auto output = Json::parse(end.output.value_or("null"));
  EXPECT_EQ(output["ExecutionArn"], "arn:aws:states:us-east-1:123456789012:execution:child:mine");
  const auto record = child_of(child);
  EXPECT_EQ(output["StartDate"], record.started_at.time_since_epoch().count());
  EXPECT_EQ(output["SdkHttpMetadata"]["HttpStatusCode"], 200);
  EXPECT_EQ(record.input, "{}");
  EXPECT_EQ(record.status, ExecutionStatus::Running);
}

TEST_P(Nested, AParentThatWaitsGetsTheChildsDescription) {
  const auto child = create("child", kChildPass);
  const auto parent = start(parent_of(child, ".sync", {{"Name", "mine"}, {"Input", {{"a", 1}}}}));
  const auto end = end_of(parent);
  const auto record = child_of(child);
  EXPECT_EQ(Json::parse(end.output.value_or("null")),
            (Json{{"ExecutionArn", record.arn},
                  {"Input", R"({"a":1})"},
                  {"InputDetails", {{"Included", true}}},
                  {"Name", "mine"},
                  {"Output", R"({"r":1})"},
                  {"OutputDetails", {{"Included", true}}},
                  {"StartDate", record.started_at.time_since_epoch().count()},
                  {"StateMachineArn", child},
                  {"Status", "SUCCEEDED"},
                  {"StopDate", record.stopped_at->time_since_epoch().count()}}));
  EXPECT_THAT(types(parent),
              testing::ElementsAre("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted",
                                   "TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"));
}

TEST_P(Nested, TheSecondFormShowsValuesInsteadOfTexts) {
  const auto end = end_of(start(parent_of(create("child", kChildPass), ".sync:2", {{"Input", "[1]"}})));
  const auto output = Json::parse(end.output.value_or("null"));
  EXPECT_EQ(output["Input"], Json::array({1}));
  EXPECT_EQ(output["Output"], (Json{{"r", 1}}));
}

TEST_P(Nested, AChildThatFailsFailsTheTaskWithItsDescription) {
  const auto end = end_of(start(parent_of(create("child", kFail), ".sync:2")));
  EXPECT_EQ(end.error, "States.TaskFailed");
  const auto cause = Json::parse(end.cause.value_or("null"));
  EXPECT_EQ(cause["Status"], "FAILED");
  EXPECT_EQ(cause["Error"], "Odd");
  EXPECT_EQ(cause["Cause"], "why");
}

TEST_P(Nested, WhatCannotBeStartedIsNamedAsAwsNamesIt) {
  const auto none = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
  const auto end = end_of(start(parent_of(none, ".sync")));
  EXPECT_EQ(end.error, "StepFunctions.StateMachineDoesNotExistException");
  EXPECT_THAT(end.cause.value_or(""),
              HasSubstr("State Machine Does Not Exist: '" + std::string(none) +
                        "' (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; "));
}

TEST_P(Nested, ANameThatIsTakenIsNotWaitedFor) {
  const auto child = create("child", kChildPass);
  end_of(start(child, "mine"));
  const auto end = end_of(start(parent_of(child, ".sync", {{"Name", "mine"}})));
  EXPECT_EQ(end.error, "StepFunctions.ExecutionAlreadyExistsException");
}

TEST_P(Nested, AnExpressChildCannotBeWaitedFor) {
  const auto child = create("child", kChildPass, storage::StateMachineType::Express);
  EXPECT_EQ(end_of(start(parent_of(child, ".sync"))).error, "StepFunctions.StateMachineTypeNotSupportedException");
}

TEST_P(Nested, FaultyParametersAreNamed) {
  const auto machine = parent_of("", "", {{"Wrong", 1}});
  const auto end = end_of(start(machine));
  EXPECT_EQ(end.error, "States.Runtime");
  EXPECT_THAT(end.cause.value_or(""), HasSubstr("Wrong"));
}

TEST_P(Nested, AChildEndsWithItsParent) {
  const auto child = create("child", kChildWait);
  const auto parent = start(parent_of(child, ".sync"));
  await_type(parent, "TaskSubmitted");
  stop(parent);
  EXPECT_EQ(end_of(child_of(child).arn).status, ExecutionStatus::Aborted);
}

TEST_P(Nested, AChildEndsWithTheStateThatAwaitsIt) {
  const auto child = create("child", kChildWait);
  const auto parent = start(parent_of(child, ".sync", Json::object(), {{"TimeoutSeconds", 1}}));
  EXPECT_EQ(end_of(parent).error, "States.Timeout");
  EXPECT_EQ(end_of(child_of(child).arn).status, ExecutionStatus::Aborted);
}

TEST_P(Nested, AnExecutionOfThatNameThatSomebodyElseStartedIsLeftAlone) {
  const auto child = create("child", kChildWait);
  const auto others = start(child, "mine", "{}");
  const auto parent = start(parent_of(child, ".sync", {{"Name", "mine"}}));
  await_type(parent, "TaskSubmitted");
  stop(parent);
  end_of(parent);
  const auto again = ask<run::StartedExecution>([&](auto reply) {
    engine_->start_execution({child, "mine", "{}", ""}, reply);
  });
  ASSERT_TRUE(again.has_value()) << "it is no longer running: " << again.error().message;
  EXPECT_EQ(again->arn, others);
}

TEST_P(Nested, ATokenAnswersInTheChildsPlaceAndTheChildEnds) {
  const auto child = create("child", kChildWait);
  const auto parent = start(parent_of(child, ".sync", {{"Input", {{"token.$", "$$.Task.Token"}}}}));
  await_type(parent, "TaskSubmitted");
  const auto token = Json::parse(child_of(child).input)["token"].get<std::string>();
  EXPECT_TRUE(ask<std::monostate>([&](auto reply) {
    engine_->answer_task({token, run::AnswerTask::Success{"\"early\""}}, reply);
  }));
  EXPECT_EQ(end_of(parent).output, "\"early\"");
  EXPECT_EQ(end_of(child_of(child).arn).status, ExecutionStatus::Aborted);
}

TEST_P(Nested, ACallbacksChildGoesItsOwnWay) {
  const auto child = create("child", kChildWait);
  const auto parent = start(parent_of(child, ".waitForTaskToken", {{"Input", {{"token.$", "$$.Task.Token"}}}}));
  const auto token = Json::parse(child_of(child).input)["token"].get<std::string>();
  EXPECT_TRUE(ask<std::monostate>([&](auto reply) {
    engine_->answer_task({token, core::Failure{"Denied", std::nullopt}}, reply);
  }));
  EXPECT_EQ(end_of(parent).error, "Denied");
  EXPECT_EQ(child_of(child).status, ExecutionStatus::Running);
}

Json calling(const std::string& action, Json parameters) {
  return Json{
      {"Type", "Task"}, {"Resource", "arn:aws:states:::aws-sdk:sfn:" + action}, {"Parameters", std::move(parameters)}};
}

TEST_P(Nested, AStateMachineMayBeTheWorkerOfAnActivity) {
  const auto activity = ask<run::CreatedActivity>([&](auto reply) {
                          engine_->create_activity({"sort", "{}", {}}, reply);
                        })->arn;
  const auto asking = start(
      create("asking",
             Json{{"StartAt", "T"}, {"States", {{"T", {{"Type", "Task"}, {"Resource", activity}, {"End", true}}}}}}),
      "one", "[2,1]");
  auto take = calling("getActivityTask", {{"ActivityArn", activity}, {"WorkerName", "machine"}});
  take["Next"] = "Say";
  auto say = calling("sendTaskSuccess", {{"TaskToken.$", "$.TaskToken"}, {"Output.$", "$.Input"}});
  say["Next"] = "Again";
  say["ResultPath"] = "$.said";
  auto again = calling("sendTaskHeartbeat", {{"TaskToken.$", "$.TaskToken"}});
  again["End"] = true;
  const auto working = end_of(
      start(create("worker", Json{{"StartAt", "Take"}, {"States", {{"Take", take}, {"Say", say}, {"Again", again}}}})));
  EXPECT_EQ(end_of(asking).output, "[2,1]");
  EXPECT_EQ(working.error, "Sfn.TaskTimedOutException");
  EXPECT_THAT(working.cause.value_or(""),
              HasSubstr("Task Timed Out: 'Provided task does not exist anymore' (Service: Sfn, Status Code: 400, "));
}

TEST_P(Nested, TheSdksOwnWayOfStartingShowsNoMetadata) {
  const auto child = create("child", kChildPass);
  auto task = calling("startExecution", {{"StateMachineArn", child}, {"Name", "mine"}, {"Input", {{"a", 1}}}});
  task["End"] = true;
  const auto end = end_of(start(create("parent", Json{{"StartAt", "T"}, {"States", {{"T", task}}}})));
  const auto record = child_of(child);
  EXPECT_EQ(Json::parse(end.output.value_or("null")),
            (Json{{"ExecutionArn", record.arn}, {"StartDate", to_rfc3339(record.started_at)}}));
  EXPECT_EQ(record.input, R"({"a":1})");
}

/// Of a map whose three iterations call that task.
Json three_times(Json task) {
  task["End"] = true;
  return Json{{"StartAt", "M"},
              {"States",
               {{"M",
                 {{"Type", "Map"},
                  {"ItemsPath", "$"},
                  {"ItemProcessor", {{"StartAt", "T"}, {"States", {{"T", std::move(task)}}}}},
                  {"End", true}}}}}};
}

TEST_P(Nested, AThrottledStartIsTriedAgainByTheService) {
  options_.rates.standard_starts.each = {1, 20};
  restart();
  const auto child = create("child", kChildPass);
  const auto wire = Json{{"StateMachineArn", child}};
  const auto optimised =
      create("parent", three_times(Json{{"Type", "Task"}, {"Resource", kStart}, {"Parameters", wire}}));
  const auto sdk = create("sdk", three_times(calling("startExecution", wire)));
  for (const auto& parent : {optimised, sdk})
    EXPECT_EQ(end_of(start(parent, "one", "[1,2,3]")).status, ExecutionStatus::Succeeded);
  EXPECT_EQ(store_->reader().executions({.state_machine_arn = child, .status = {}, .before = {}}).size(), 6u);
}

TEST_P(Nested, ALineageOfExecutionsThatStartThemselvesEnds) {
  options_.depth_max = 4;
  restart();
  for (const std::string name : {"optimised", "sdk"}) {
    const auto own = "arn:aws:states:us-east-1:123456789012:stateMachine:" + name;
    auto task = calling("startExecution", {{"StateMachineArn", own}});
    if (name == "optimised") task["Resource"] = kStart;
    task["End"] = true;
    start(create(name, Json{{"StartAt", "T"}, {"States", {{"T", task}}}}));
    const auto failed = *until([&]() -> std::optional<storage::ExecutionRecord> {
      const auto found =
          store_->reader().executions({.state_machine_arn = own, .status = ExecutionStatus::Failed, .before = {}});
      return found.empty() ? std::nullopt : store_->reader().execution(found.front().arn);
    });
    EXPECT_THAT(failed.error.value_or(""), HasSubstr("ExecutionLimitExceededException"));
    EXPECT_THAT(failed.cause.value_or(""), HasSubstr("number 5 in a row of executions that start each other"));
    EXPECT_EQ(store_->reader().executions({.state_machine_arn = own, .status = {}, .before = {}}).size(), 5u);
  }
}

TEST_P(Nested, ARestartChangesNothing) {
  const auto child = create("child", kChildWait);
  const auto parent = start(parent_of(child, ".sync"));
  await_type(parent, "TaskSubmitted");
  restart();
  const auto record = child_of(child);
  stop(record.arn);
  EXPECT_EQ(end_of(parent).error, "States.TaskFailed");
  EXPECT_EQ(store_->reader().executions({.state_machine_arn = child, .status = {}, .before = {}}).size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Shards, Nested, testing::Values(1u, 3u));

}  // namespace
}  // namespace stepd::test
