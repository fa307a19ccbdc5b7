// Tasks that call functions, in a whole engine with handlers of the test's own: what they are given, and what they
// answer.
#include "services/dispatcher.h"
#include "support/engine_bench.h"

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using storage::ExecutionStatus;

class Lambda final : public tasks::Handler {
 public:
  using Body = std::function<Result<Json>(const tasks::Invocation&)>;
  explicit Lambda(Body body) : body_(std::move(body)) {}
  Result<Json> invoke(const tasks::Invocation& call) override { return body_(call); }

 private:
  Body body_;
};

class FunctionTasks : public EngineBench {
 protected:
  FunctionTasks() {
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
    serving_.lanes = {.quick = {.slots = 3}, .images = {.waiting_max = 9}};
    open(services());
  }
  ~FunctionTasks() override { engine_.reset(); }

  run::ServicesFactory services() const { return services::make_services_factory(serving_, handlers_, clock_); }

  services::Handlers handlers_;
  services::ServiceOptions serving_;
  std::string published_;
};

TEST_P(FunctionTasks, TheEngineReadsTheDepthOfEachLane) {
  const auto readings = engine_->readings();
  ASSERT_EQ(readings.lanes.size(), 2u);
  EXPECT_EQ(readings.lanes[0].lane, "quick");
  EXPECT_EQ(readings.lanes[0].slots, 3u);
  EXPECT_EQ(readings.lanes[1].lane, "images");
  EXPECT_EQ(readings.lanes[1].waiting_max, 9u);
  EXPECT_EQ(readings.quarantined, 0u);
}

TEST_P(FunctionTasks, RunsAFunctionByItsArn) {
  const auto record = run(one_task("arn:aws:lambda:us-east-1:123456789012:function:echo"), R"({"a": 1})");
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(record.output, R"({"a":1})");
}

TEST_P(FunctionTasks, WrapsAnInvokedFunctionInTheEnvelope) {
  const auto record = run(
      one_task("arn:aws:states:::lambda:invoke", {{"FunctionName", "echo:$LATEST"}, {"Payload.$", "$"}}), R"({"a":1})");
  const auto output = Json::parse(record.output.value_or("null"));
  EXPECT_EQ(output["Payload"], (Json{{"a", 1}}));
  EXPECT_EQ(output["StatusCode"], 200);
  EXPECT_EQ(output["ExecutedVersion"], "$LATEST");
  EXPECT_EQ(output["SdkHttpMetadata"]["HttpHeaders"]["Content-Length"], "7");
}

TEST_P(FunctionTasks, TurnsArgumentsAndResultsByTheirTemplates) {
  EXPECT_EQ(run(one_task("adapted"), R"({"outer":5})").output, R"({"was":5,"got":5})");
}

TEST_P(FunctionTasks, AFunctionMayAnswerABareValue) {
  EXPECT_EQ(run(one_task("bare"), R"({"inner":"jpg"})").output, R"("jpg")");
}

TEST_P(FunctionTasks, AnswersInsteadOfFailingWhenTheFunctionSaysSo) {
  EXPECT_EQ(run(one_task("gentle")).output, R"({"ok":false,"why":"cut short"})");
}

TEST_P(FunctionTasks, NamesAFunctionsErrorAsLambdaDoes) {
  const auto record = run(one_task("fail"));
  EXPECT_EQ(record.error, "Image.Corrupt");
  EXPECT_EQ(record.cause, R"({"errorMessage":"cut short","errorType":"Image.Corrupt"})");
}

TEST_P(FunctionTasks, AHandlerThatThrowsFailsItsTaskOnly) {
  EXPECT_EQ(run(one_task("throw")).error, "Handler.Failed");
  EXPECT_EQ(run(one_task("echo")).status, ExecutionStatus::Succeeded);
}

TEST_P(FunctionTasks, SaysWhichFunctionIsMissing) {
  const auto record = run(one_task("nobody"));
  EXPECT_EQ(record.error, "Lambda.ResourceNotFoundException");
  EXPECT_NE(record.cause->find("function:nobody:$LATEST (Service: AWSLambda; Status Code: 404"), std::string::npos);
}

TEST_P(FunctionTasks, PublishesByTheHandlerItselfWhereNoFunctionStandsInItsPlace) {
  handlers_["notify.publish"] = std::make_unique<Lambda>([](const auto& call) -> Result<Json> {
    if (call.event.at("topic") == "arn:aws:sns:us-east-1:123456789012:other") return AslError{"Notify.NoSuchTopic", ""};
    if (!call.event.contains("message")) return AslError{"Handler.InvalidArguments", "/message: missing"};
    return Json{{"messageId", "own"}};
  });
  restart(services());
  const auto publish = [&](const std::string& topic, Json parameters) {
    parameters["TopicArn"] = "arn:aws:sns:us-east-1:123456789012:" + topic;
    return run(one_task("arn:aws:states:::sns:publish", std::move(parameters)));
  };
  EXPECT_NE(publish("free", {{"Message", "m"}}).output.value_or("").find(R"("MessageId":"own")"), std::string::npos);
  EXPECT_EQ(publish("other", {{"Message", "m"}}).error, "SNS.NotFoundException");
  EXPECT_EQ(publish("third", {{"Subject", "s"}}).error, "SNS.InvalidParameterException");
}

TEST_P(FunctionTasks, PublishesToATopic) {
  const auto record = run(one_task("arn:aws:states:::sns:publish",
                                   {{"TopicArn", "arn:aws:sns:us-east-1:123456789012:news"}, {"Message.$", "$.m"}}),
                          R"({"m":"hello"})");
  EXPECT_EQ(record.status, ExecutionStatus::Succeeded) << record.cause.value_or("");
  EXPECT_EQ(Json::parse(published_)["message"], "hello");
  EXPECT_EQ(Json::parse(*record.output)["MessageId"], "m-1");
}

TEST_P(FunctionTasks, ManyExecutionsAtOnceAllEnd) {
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

TEST_P(FunctionTasks, ARunningTaskIsRunAgainByTheNextEngine) {
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
  restart(services());
  const auto started = start(create(one_task("slow")));
  ASSERT_EQ(entered.get_future().wait_for(kReplyDeadline), std::future_status::ready);
  restart(services());
  EXPECT_EQ(await_end(started->arn).output, "\"second time\"");
}

TEST_P(FunctionTasks, FaultsOfFunctionsAreNamed) {
  services::ServiceOptions options;
  options.functions = {{.name = "f", .handler = "nope", .arguments = {Payload(Json{{"a.$", "$["}})}}};
  options.topics = {{"t", "missing"}};
  std::vector<std::string> pointers;
  for (const auto& fault : services::check_functions(options, handlers_)) pointers.push_back(fault.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/f/handler", "/f/arguments/a.$", "/t"}));
}

INSTANTIATE_TEST_SUITE_P(Stores, FunctionTasks, testing::Values("memory", "sqlite"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace stepd::test
