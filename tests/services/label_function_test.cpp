// image.labels by a function: what the function is asked, and what becomes of its answer.
#include "services/label_function.h"
#include "support/http_double.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

/// Answers what it is told to, and remembers what it was asked.
class Sayer final : public tasks::Handler {
 public:
  Result<Json> invoke(const tasks::Invocation& call) override {
    asked = call.event;
    return answer;
  }
  Json asked;
  Result<Json> answer = Json::parse(R"({"Labels": [{"Name": "Cat", "Confidence": 97.5, "Parents": [{"Name": "Pet"}]},
                                                   {"Name": "Sofa", "Confidence": 61}], "LabelModelVersion": "2.0"})");
};

/// Runs until it is asked to stop.
class Sleeper final : public tasks::Handler {
 public:
  Result<Json> invoke(const tasks::Invocation& call) override {
    begun.set_value();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait(lock, call.stop, [] { return false; });
    return Json("late");
  }
  std::promise<void> begun;
};

class LabelFunctionTest : public testing::Test {
 protected:
  LabelFunctionTest() {
    auto sayer = std::make_unique<Sayer>();
    sayer_ = sayer.get();
    handlers_["say"] = std::move(sayer);
    services::Function function;
    function.name = "label";
    function.handler = "say";
    options_.functions = {function};
  }

  Result<Json> labels(const char* event, std::stop_token stop = {}) {
    const auto handler = services::make_label_function(options_, "label", handlers_, clock_);
    const Json value = Json::parse(event);
    return handler->invoke({value, "7-1", std::move(stop)});
  }
  std::string answer(const char* event) {
    const auto result = labels(event);
    return result ? result->dump() : result.error().name + ": " + result.error().cause;
  }

  services::ServiceOptions options_;
  services::Handlers handlers_;
  ManualClock clock_;
  Sayer* sayer_;
};

TEST_F(LabelFunctionTest, WaitsInTheLaneOfTheImages) {
  EXPECT_EQ(services::make_label_function(options_, "label", handlers_, clock_)->lane(), tasks::TaskLane::Images);
}

TEST_F(LabelFunctionTest, AsksTheFunctionAndKeepsWhatItSaysOfALabel) {
  EXPECT_EQ(
      answer(R"({"bucket": "in", "key": "a.jpg", "maxLabels": null})"),
      R"({"Labels":[{"Name":"Cat","Confidence":97.5,"Parents":[{"Name":"Pet"}]},{"Name":"Sofa","Confidence":61}],)"
      R"("LabelModelVersion":"2.0"})");
  EXPECT_EQ(sayer_->asked, Json::parse(R"({"bucket": "in", "key": "a.jpg"})"));
}

TEST_F(LabelFunctionTest, APictureThatTheTaskHasIsHandedOn) {
  labels(R"({"bytes": "AQI="})");
  EXPECT_EQ(sayer_->asked, Json::parse(R"({"bytes": "AQI="})"));
}

TEST_F(LabelFunctionTest, HoldsAFunctionToWhatWasAskedFor) {
  EXPECT_EQ(labels(R"({"bucket": "in", "key": "a", "maxLabels": 1})")->at("Labels").size(), 1u);
  EXPECT_EQ(sayer_->asked["maxLabels"], 1);
  EXPECT_EQ(labels(R"({"bucket": "in", "key": "a", "minConfidence": 61.5})")->at("Labels").size(), 1u);
  EXPECT_EQ(sayer_->asked["minConfidence"], 61.5);
  EXPECT_THAT(answer(R"({"bucket": "in", "minConfidence": 101})"), HasSubstr("Handler.InvalidArguments"));
}

TEST_F(LabelFunctionTest, AnUnnamedModelIsNamedAfterItsFunction) {
  sayer_->answer = Json::parse(R"({"Labels": []})");
  EXPECT_EQ(answer(R"({"bucket": "in", "key": "a"})"), R"({"Labels":[],"LabelModelVersion":"label"})");
}

TEST_F(LabelFunctionTest, AnotherShapeIsANamedError) {
  for (const char* wrong :
       {"7", "{}", R"({"Labels": {}})", R"({"Labels": ["Cat"]})", R"({"Labels": [{"Name": "Cat"}]})",
        R"({"Labels": [{"Name": 1, "Confidence": 2}]})", R"({"Labels": [{"Name": "Cat", "Confidence": "2"}]})"}) {
    sayer_->answer = Json::parse(wrong);
    EXPECT_THAT(answer(R"({"bucket": "in", "key": "a"})"),
                HasSubstr("Image.LabelModelFailed: The function label answered something else"))
        << wrong;
  }
}

TEST_F(LabelFunctionTest, ItsErrorsAreTheTasks) {
  sayer_->answer = AslError{"Object.NotFound", "gone"};
  EXPECT_EQ(answer(R"({"bucket": "in", "key": "a"})"), "Object.NotFound: gone");
  sayer_->answer = AslError{"Handler.InvalidArguments", "/bucket: unknown"};
  EXPECT_EQ(answer(R"({"bucket": "in", "key": "a"})"),
            "Image.LabelModelFailed: The function label could not be called: /bucket: unknown");
}

TEST_F(LabelFunctionTest, AFunctionElsewhereIsAskedOverHttp) {
  SeenRequest seen;
  HttpDouble server([&](const SeenRequest& request) {
    seen = request;
    DoubleAnswer given;
    given.body = R"({"Labels": [{"Name": "Dog", "Confidence": 80}]})";
    return given;
  });
  options_.functions.front().handler = "";
  options_.functions.front().endpoint = server.url();
  EXPECT_EQ(answer(R"({"bucket": "in", "key": "a"})"),
            R"({"Labels":[{"Name":"Dog","Confidence":80}],"LabelModelVersion":"label"})");
  EXPECT_EQ(seen.target, "/2015-03-31/functions/label/invocations");
  EXPECT_EQ(seen.body, R"({"bucket":"in","key":"a"})");
}

TEST_F(LabelFunctionTest, ATaskThatEndsStopsItsFunction) {
  auto sleeper = std::make_unique<Sleeper>();
  auto begun = sleeper->begun.get_future();
  handlers_["say"] = std::move(sleeper);
  std::stop_source stop;
  auto result =
      std::async(std::launch::async, [&] { return labels(R"({"bucket": "in", "key": "a"})", stop.get_token()); });
  begun.wait();
  stop.request_stop();
  EXPECT_EQ(result.get().error().name, "Handler.Cancelled");
}

}  // namespace
}  // namespace stepd::test
