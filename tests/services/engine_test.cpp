// The whole engine with its threads: over each store, with real handlers of the test's own.
#include "engine/run/engine.h"

#include "services/dispatcher.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "support/ask.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using run::RefusalCode;
using storage::ExecutionStatus;

class Lambda final : public tasks::Handler {
 public:
  using Body = std::function<Result<Json>(const tasks::Invocation&)>;
  explicit Lambda(Body body) : body_(std::move(body)) {}
  Result<Json> invoke(const tasks::Invocation& call) override { return body_(call); }

 private:
  Body body_;
};

class EngineTest : public testing::TestWithParam<const char*> {
 protected:
  EngineTest() {
    folder_ = std::filesystem::temp_directory_path() / ("stepd-engine-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    handlers_["echo"] = std::make_unique<Lambda>([](const auto& call) -> Result<Json> { return call.event; });
    handlers_["fail"] = std::make_unique<Lambda>([](const auto&) -> Result<Json> {
      return AslError{"Image.Corrupt", "cut short"};
    });
    handlers_["throw"] = std::make_unique<Lambda>([](const auto&) -> Result<Json> { throw std::runtime_error("oh"); });
    handlers_["publish"] = std::make_unique<Lambda>([this](const auto& call) -> Result<Json> {
      published_ = call.event.dump();
      return Json{{"messageId", "m-1"}};
    });
    serving_.functions = {{"echo", "echo"},
                          {"fail", "fail"},
                          {"throw", "throw"},
                          {"publish", "publish"},
                          {.name = "adapted",
                           .handler = "echo",
                           .arguments = {Payload(Json{{"inner.$", "$.outer"}})},
                           .result = {Payload(Json{{"was.$", "$.event.outer"}, {"got.$", "$.result.inner"}})}},
                          {.name = "bare", .handler = "echo", .result = {Payload(Json{{".$", "$.result.inner"}})}},
                          {.name = "gentle",
                           .handler = "fail",
                           .error_result = Payload(Json{{"ok", false}, {"why.$", "$.error.Cause"}})}};
    serving_.topics = {{"news", "publish"}};
    open();
  }
  ~EngineTest() override {
    engine_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    if (!store_) {
      if (std::string_view(GetParam()) == "memory")
        store_ = storage::open_memory();
      else
        store_ = storage::open_sqlite(folder_);
    }
    engine_ = run::make_engine({}, *store_, clock_, services::make_services_factory(serving_, handlers_, clock_));
    engine_->resume();
  }

  /// Ends the engine as SIGTERM does and begins another over the same data.
  void restart() {
    engine_->drain(1s);
    engine_.reset();
    if (std::string_view(GetParam()) != "memory") store_.reset();
    open();
  }

  std::string create(const Json& definition, const std::string& name = "machine") {
    const auto answer = ask<run::CreatedStateMachine>([&](auto reply) {
      engine_->create_state_machine({name, definition.dump(), "arn:aws:iam::123456789012:role/r"}, reply);
    });
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer.has_value() ? answer->arn : "";
  }

  static Json one_task(const std::string& resource, Json parameters = nullptr) {
    Json task{{"Type", "Task"}, {"Resource", resource}, {"End", true}};
    if (!parameters.is_null()) task["Parameters"] = std::move(parameters);
    return Json{{"StartAt", "T"}, {"States", {{"T", std::move(task)}}}};
  }

  run::Answer<run::StartedExecution> start(const std::string& machine, const std::string& input = "{}",
                                           std::optional<std::string> name = {}) {
    return ask<run::StartedExecution>([&](auto reply) {
      engine_->start_execution({machine, name, input, ""}, std::move(reply));
    });
  }

  storage::ExecutionRecord await_end(const std::string& arn) {
    const auto limit = std::chrono::steady_clock::now() + kReplyDeadline;
    for (;;) {
      auto record = store_->reader().execution(arn);
      if (record && record->status != ExecutionStatus::Running) return *record;
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(arn + " does not end");
      std::this_thread::yield();
    }
  }

  storage::ExecutionRecord run(const Json& definition, const std::string& input = "{}") {
    static std::atomic<int> count{0};
    const auto answer = start(create(definition, "m" + std::to_string(++count)), input);
    EXPECT_TRUE(answer.has_value());
    return await_end(answer->arn);
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  services::Handlers handlers_;
  services::ServiceOptions serving_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<run::Engine> engine_;
  std::string published_;
};

TEST_P(EngineTest, RunsAFunctionByItsArn) {
  const auto record = run(one_task("arn:aws:lambda:us-east-1:123456789012:function:echo"), R"({"a": 1})");
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(record.output, R"({"a":1})");
}

TEST_P(EngineTest, WrapsAnInvokedFunctionInTheEnvelope) {
  const auto record = run(
      one_task("arn:aws:states:::lambda:invoke", {{"FunctionName", "echo:$LATEST"}, {"Payload.$", "$"}}), R"({"a":1})");
  const auto output = Json::parse(record.output.value_or("null"));
  EXPECT_EQ(output["Payload"], (Json{{"a", 1}}));
  EXPECT_EQ(output["StatusCode"], 200);
  EXPECT_EQ(output["ExecutedVersion"], "$LATEST");
  EXPECT_EQ(output["SdkHttpMetadata"]["HttpHeaders"]["Content-Length"], "7");
}

TEST_P(EngineTest, TurnsArgumentsAndResultsByTheirTemplates) {
  EXPECT_EQ(run(one_task("adapted"), R"({"outer":5})").output, R"({"was":5,"got":5})");
}

TEST_P(EngineTest, AFunctionMayAnswerABareValue) {
  EXPECT_EQ(run(one_task("bare"), R"({"inner":"jpg"})").output, R"("jpg")");
}

TEST_P(EngineTest, AnswersInsteadOfFailingWhenTheFunctionSaysSo) {
  EXPECT_EQ(run(one_task("gentle")).output, R"({"ok":false,"why":"cut short"})");
}

TEST_P(EngineTest, NamesAFunctionsErrorAsLambdaDoes) {
  const auto record = run(one_task("fail"));
  EXPECT_EQ(record.error, "Image.Corrupt");
  EXPECT_EQ(record.cause, R"({"errorMessage":"cut short","errorType":"Image.Corrupt"})");
}

TEST_P(EngineTest, AHandlerThatThrowsFailsItsTaskOnly) {
  EXPECT_EQ(run(one_task("throw")).error, "Handler.Failed");
  EXPECT_EQ(run(one_task("echo")).status, ExecutionStatus::Succeeded);
}

TEST_P(EngineTest, SaysWhichFunctionIsMissing) {
  const auto record = run(one_task("nobody"));
  EXPECT_EQ(record.error, "Lambda.ResourceNotFoundException");
  EXPECT_NE(record.cause->find("function:nobody:$LATEST (Service: AWSLambda; Status Code: 404"), std::string::npos);
}

TEST_P(EngineTest, RecordsAnArrivalInTheCommitOfTheStart) {
  const auto machine = create(one_task("arn:aws:lambda:us-east-1:123456789012:function:echo"));
  const auto ask_for = [&](const std::string& name) {
    run::StartExecution request{machine, name};
    request.arrival = storage::PutArrival{"uploads", name + ".jpg", "identity", clock_.now()};
    return ask<run::StartedExecution>([&](auto reply) { engine_->start_execution(request, std::move(reply)); });
  };
  const auto started = ask_for("one");
  ASSERT_TRUE(started.has_value());
  EXPECT_TRUE(started->arrival_recorded);
  EXPECT_EQ(store_->reader().arrival("uploads", "one.jpg"), "identity");
  await_end(started->arn);
  EXPECT_EQ(ask_for("one").error().code, run::RefusalCode::ExecutionAlreadyExists);
  ASSERT_TRUE(start(machine, "{}", "two").has_value());
  EXPECT_FALSE(store_->reader().arrival("uploads", "two.jpg"));
}

TEST_P(EngineTest, PublishesByTheHandlerItselfWhereNoFunctionStandsInItsPlace) {
  handlers_["notify.publish"] = std::make_unique<Lambda>([](const auto& call) -> Result<Json> {
    if (call.event.at("topic") == "arn:aws:sns:us-east-1:123456789012:other") return AslError{"Notify.NoSuchTopic", ""};
    if (!call.event.contains("message")) return AslError{"Handler.InvalidArguments", "/message: missing"};
    return Json{{"messageId", "own"}};
  });
  restart();
  const auto publish = [&](const std::string& topic, Json parameters) {
    parameters["TopicArn"] = "arn:aws:sns:us-east-1:123456789012:" + topic;
    return run(one_task("arn:aws:states:::sns:publish", std::move(parameters)));
  };
  EXPECT_NE(publish("free", {{"Message", "m"}}).output.value_or("").find(R"("MessageId":"own")"), std::string::npos);
  EXPECT_EQ(publish("other", {{"Message", "m"}}).error, "SNS.NotFoundException");
  EXPECT_EQ(publish("third", {{"Subject", "s"}}).error, "SNS.InvalidParameterException");
}

TEST_P(EngineTest, PublishesToATopic) {
  const auto record = run(one_task("arn:aws:states:::sns:publish",
                                   {{"TopicArn", "arn:aws:sns:us-east-1:123456789012:news"}, {"Message.$", "$.m"}}),
                          R"({"m":"hello"})");
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded) << record.cause.value_or("");
  EXPECT_EQ(Json::parse(published_)["message"], "hello");
  EXPECT_EQ(Json::parse(*record.output)["MessageId"], "m-1");
}

TEST_P(EngineTest, RefusesAWrongStart) {
  const auto machine = create(one_task("echo"));
  EXPECT_EQ(start(machine, "not json").error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine, "\"" + std::string(262'145, 'x') + "\"").error().code, RefusalCode::InvalidExecutionInput);
  EXPECT_EQ(start(machine + "x").error().code, RefusalCode::StateMachineDoesNotExist);
  EXPECT_EQ(start(machine, "{}", "a b").error().code, RefusalCode::InvalidName);
}

TEST_P(EngineTest, RefusesAWrongDefinitionWithEveryFault) {
  const auto answer = ask<run::CreatedStateMachine>([&](auto reply) {
    engine_->create_state_machine({"bad", R"({"StartAt":"X","States":{"A":{"Type":"Pass","Next":"B"}}})", "r"}, reply);
  });
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, RefusalCode::InvalidDefinition);
  EXPECT_NE(answer.error().message.find("/States/A/Next"), std::string::npos) << answer.error().message;
  EXPECT_NE(answer.error().message.find("/StartAt"), std::string::npos) << answer.error().message;
}

TEST_P(EngineTest, CreatingTheSameStateMachineTwiceIsOne) {
  const auto one = create(one_task("echo"));
  EXPECT_EQ(create(one_task("echo")), one);
  const auto other = ask<run::CreatedStateMachine>([&](auto reply) {
    engine_->create_state_machine({"machine", one_task("fail").dump(), "r"}, reply);
  });
  EXPECT_EQ(other.error().code, RefusalCode::StateMachineAlreadyExists);
}

TEST_P(EngineTest, AnUpdateIsForNewExecutionsOnly) {
  const Json wait{{"StartAt", "W"},
                  {"States",
                   {{"W", {{"Type", "Wait"}, {"Seconds", 1}, {"Next", "P"}}},
                    {"P", {{"Type", "Pass"}, {"Result", "old"}, {"End", true}}}}}};
  const auto machine = create(wait);
  const auto before = start(machine);
  auto changed = wait;
  changed["States"]["P"]["Result"] = "new";
  const auto updated = ask<run::UpdatedStateMachine>([&](auto reply) {
    engine_->update_state_machine({machine, changed.dump(), std::nullopt, std::nullopt}, reply);
  });
  ASSERT_TRUE(updated.has_value());
  const auto after = start(machine);
  restart();
  EXPECT_EQ(await_end(before->arn).output, "\"old\"");
  EXPECT_EQ(await_end(after->arn).output, "\"new\"");
}

TEST_P(EngineTest, HistoryIsReadInPagesBothWays) {
  Json states = Json::object();
  for (int i = 0; i < 20; ++i) {
    states["S" + std::to_string(i)] = Json{{"Type", "Pass"}, {"Next", "S" + std::to_string(i + 1)}};
  }
  states["S20"] = Json{{"Type", "Succeed"}};
  const auto record = run(Json{{"StartAt", "S0"}, {"States", states}});
  for (const bool reverse : {false, true}) {
    std::vector<int> ids;
    run::HistoryQuery query{record.arn, 0, 7, reverse, true};
    do {
      const auto page = engine_->history(query);
      ASSERT_TRUE(page.has_value());
      for (const auto& event : page->events) ids.push_back(event["id"].get<int>());
      query.from = page->next_from;
    } while (query.from != 0);
    if (reverse) std::reverse(ids.begin(), ids.end());
    ASSERT_EQ(ids.size(), 44u);
    for (int i = 0; i < 44; ++i) EXPECT_EQ(ids[static_cast<std::size_t>(i)], i + 1);
  }
}

TEST_P(EngineTest, ManyExecutionsAtOnceAllEnd) {
  const auto machine = create(one_task("echo"));
  std::vector<std::future<run::Answer<run::StartedExecution>>> starts;
  for (int i = 0; i < 300; ++i) {
    auto promise = std::make_shared<std::promise<run::Answer<run::StartedExecution>>>();
    starts.push_back(promise->get_future());
    engine_->start_execution({machine, std::nullopt, "{}", ""}, [promise](auto answer) { promise->set_value(answer); });
  }
  for (auto& each : starts) {
    const auto answer = each.get();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(await_end(answer->arn).status, ExecutionStatus::Succeeded);
  }
}

TEST_P(EngineTest, ARunningTaskIsRunAgainByTheNextEngine) {
  std::promise<void> entered;
  std::atomic<int> calls{0};
  handlers_["slow"] = std::make_unique<Lambda>([&](const tasks::Invocation& call) -> Result<Json> {
    if (++calls > 1) return Json("second time");
    entered.set_value();
    std::promise<void> stopped;
    const std::stop_callback on_stop(call.stop, [&] { stopped.set_value(); });
    stopped.get_future().wait();
    return AslError{"Handler.Stopped", "asked to"};
  });
  serving_.functions.push_back({"slow", "slow"});
  restart();
  const auto started = start(create(one_task("slow")));
  ASSERT_EQ(entered.get_future().wait_for(kReplyDeadline), std::future_status::ready);
  restart();
  EXPECT_EQ(await_end(started->arn).output, "\"second time\"");
}

TEST_P(EngineTest, FaultsOfFunctionsAreNamed) {
  services::ServiceOptions options;
  options.functions = {{.name = "f", .handler = "nope", .arguments = {Payload(Json{{"a.$", "$["}})}}};
  options.topics = {{"t", "missing"}};
  std::vector<std::string> pointers;
  for (const auto& fault : services::check_functions(options, handlers_)) pointers.push_back(fault.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/f/handler", "/f/arguments/a.$", "/t"}));
}

INSTANTIATE_TEST_SUITE_P(Stores, EngineTest, testing::Values("memory", "sqlite"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace stepd::test
