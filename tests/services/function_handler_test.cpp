// What a function of the configuration does to an event, and to what its handlers answer.
#include "services/function_handler.h"
#include "support/manual_clock.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using services::Function;

/// Answers its event, or fails as the event's `fail` says. Remembers the attempts.
class Echo final : public tasks::Handler {
 public:
  explicit Echo(std::vector<std::string>& attempts) : attempts_(attempts) {}
  Result<Json> invoke(const tasks::Invocation& call) override {
    attempts_.push_back(call.attempt);
    if (call.event.is_object() && call.event.contains("fail"))
      return AslError{call.event["fail"].get<std::string>(), "because"};
    return call.event;
  }

 private:
  std::vector<std::string>& attempts_;
};

class Decoder final : public tasks::Handler {
 public:
  Result<Json> invoke(const tasks::Invocation& call) override { return call.event; }
  tasks::TaskLane lane() const override { return tasks::TaskLane::Images; }
};

class FunctionHandlerTest : public testing::Test {
 protected:
  FunctionHandlerTest() {
    handlers_["echo"] = std::make_unique<Echo>(attempts_);
    handlers_["decode"] = std::make_unique<Decoder>();
  }

  tasks::TaskLane lane(const Function& function) {
    asl::Diagnostics faults;
    return services::FunctionHandler(function, handlers_, &clock_, "/f", faults).lane();
  }

  static Payload json(const char* text) { return Payload::trusted(text); }

  Result<Json> call(const Function& function, const char* event) {
    asl::Diagnostics faults;
    services::FunctionHandler handler(function, handlers_, &clock_, "/f", faults);
    EXPECT_TRUE(faults.empty()) << faults.front().pointer << " " << faults.front().message;
    const Json value = Json::parse(event);
    return handler.invoke({value, "7-1", {}});
  }

  std::string answer(const Function& function, const char* event) {
    const auto result = call(function, event);
    return result ? result->dump() : result.error().name + ": " + result.error().cause;
  }

  std::vector<std::string> pointers(const Function& function) {
    asl::Diagnostics faults;
    const services::FunctionHandler handler(function, handlers_, &clock_, "/f", faults);
    std::vector<std::string> found;
    for (const auto& fault : faults) found.push_back(fault.pointer);
    return found;
  }

  std::vector<std::string> attempts_;
  services::Handlers handlers_;
  ManualClock clock_;
};

TEST_F(FunctionHandlerTest, BelongsToTheLaneOfItsHandlers) {
  using tasks::TaskLane;
  EXPECT_EQ(lane({.name = "f", .handler = "echo"}), TaskLane::Quick);
  EXPECT_EQ(lane({.name = "f", .handler = "decode"}), TaskLane::Images);
  Function steps{.name = "f"};
  steps.steps = {{.name = "one", .handler = "echo"}, {.name = "two", .handler = "decode"}};
  EXPECT_EQ(lane(steps), TaskLane::Images);
  steps.steps.back().enabled = false;
  EXPECT_EQ(lane(steps), TaskLane::Quick) << "a step that is switched off decodes nothing";
}

TEST_F(FunctionHandlerTest, DefaultsFillWhatTheEventLacksAndNothingElse) {
  const Function function{.name = "f", .handler = "echo", .defaults = json(R"({"width":128,"height":128})")};
  EXPECT_EQ(answer(function, R"({"width":null,"a":1})"), R"({"width":null,"a":1,"height":128})");
  EXPECT_EQ(answer(function, "[1]"), "[1]");
}

TEST_F(FunctionHandlerTest, TheFirstTemplateThatFitsCounts) {
  const Function function{
      .name = "f", .handler = "echo", .arguments = {json(R"({"k.$":"$.key"})"), json(R"({"k.$":"$.Records[0].key"})")}};
  EXPECT_EQ(answer(function, R"({"key":"a"})"), R"({"k":"a"})");
  EXPECT_EQ(answer(function, R"({"Records":[{"key":"b"},{"key":"c"}]})"), R"({"k":"b"})");
  const auto none = call(function, "{}");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().name, "Handler.InvalidEvent");
  EXPECT_TRUE(attempts_.size() == 2);
}

TEST_F(FunctionHandlerTest, UrlEncodedTextsAreDecodedOnceAndTheEventStays) {
  const Function function{.name = "f",
                          .handler = "echo",
                          .result = {json(R"({"was.$":"$.event.s3.key","is.$":"$.result.s3.key"})")},
                          .decode = {"$.s3.key", "$.absent.key"}};
  EXPECT_EQ(answer(function, R"({"s3":{"key":"a+b%2Bc%2520%zz%C3%BC"}})"),
            R"({"was":"a+b%2Bc%2520%zz%C3%BC","is":"a b+c%20%zzü"})");
}

TEST_F(FunctionHandlerTest, ACatcherAnswersOrFailsByTheErrorsName) {
  const Function function{.name = "f",
                          .handler = "echo",
                          .error_result = json(R"({"last.$":"$.error.Error"})"),
                          .catchers = {{{"A"}, json(R"({"a":true,"why.$":"$.error.Cause"})"), false},
                                       {{"B", "C"}, json(R"({"Error":"ValueError","Cause.$":"$.event.fail"})"), true},
                                       {{"D"}, json(R"({"Cause":"other"})"), true}}};
  EXPECT_EQ(answer(function, R"({"fail":"A"})"), R"({"a":true,"why":"because"})");
  EXPECT_EQ(answer(function, R"({"fail":"C"})"), "ValueError: C");
  EXPECT_EQ(answer(function, R"({"fail":"D"})"), "D: other");
  EXPECT_EQ(answer(function, R"({"fail":"E"})"), R"({"last":"E"})");
}

TEST_F(FunctionHandlerTest, AnEventThatDoesNotFitIsCaughtLikeAnyError) {
  const Function function{.name = "f",
                          .handler = "echo",
                          .arguments = {json(R"({"k.$":"$.key"})")},
                          .error_result = json(R"({"ok":false,"error.$":"$.error.Error"})")};
  EXPECT_EQ(answer(function, "{}"), R"({"ok":false,"error":"Handler.InvalidEvent"})");
  EXPECT_TRUE(attempts_.empty());
}

TEST_F(FunctionHandlerTest, EveryElementIsTriedAndTheFirstFailureIsToldWithHowMany) {
  const Function function{.name = "f", .handler = "echo", .each = "$.Records"};
  EXPECT_EQ(answer(function, R"({"Records":[1,"two",{"three":3}]})"), R"([1,"two",{"three":3}])");
  attempts_.clear();
  EXPECT_EQ(answer(function, R"({"Records":[1,{"fail":"X"},{"fail":"Y"},4]})"), "X: 2 of 4 failed, the first: because");
  EXPECT_EQ(attempts_, (std::vector<std::string>{"7-1.0", "7-1.1", "7-1.2", "7-1.3"}));
  EXPECT_EQ(call(function, R"({"Records":7})").error().name, "Handler.InvalidEvent");
  EXPECT_EQ(call(function, "{}").error().name, "Handler.InvalidEvent");
}

TEST_F(FunctionHandlerTest, StepsRunInOrderSeeEachOtherAndOneThatIsOffAnswersNothing) {
  Function function{.name = "f", .result = {json(R"({"all.$":"$.steps"})")}, .keep_event = true};
  function.steps = {{.name = "one", .handler = "echo", .result = {json(R"({"a.$":"$.event.x"})")}},
                    {.name = "off", .handler = "echo", .enabled = false},
                    {.name = "two", .handler = "echo", .arguments = {json(R"({"b.$":"$$.steps.one.a"})")}},
                    {.name = "soft",
                     .handler = "echo",
                     .arguments = {json(R"({"fail":"Soft"})")},
                     .error_result = json(R"({"error.$":"$.error.Error"})")}};
  EXPECT_EQ(answer(function, R"({"x":1})"),
            R"({"x":1,"all":{"one":{"a":1},"off":{},"two":{"b":1},"soft":{"error":"Soft"}}})");
  function.steps.push_back({.name = "hard", .handler = "echo", .arguments = {json(R"({"fail":"Hard"})")}});
  EXPECT_EQ(answer(function, R"({"x":1})"), "Hard: because");
}

TEST_F(FunctionHandlerTest, TemplatesMayTellTheTimeAndTheFunction) {
  const Function function{
      .name = "f",
      .handler = "echo",
      .arguments = {
          json(R"({"s.$":"$$.time.epochSeconds","ms.$":"$$.time.epochMilliseconds","who.$":"$$.function"})")}};
  const auto ms = clock_.now().time_since_epoch().count();
  EXPECT_EQ(answer(function, "{}"),
            R"({"s":)" + std::to_string(ms / 1000) + R"(,"ms":)" + std::to_string(ms) + R"(,"who":"f"})");
}

TEST_F(FunctionHandlerTest, FaultsNameTheirPlace) {
  EXPECT_EQ(pointers({.name = "f", .handler = "nope"}), std::vector<std::string>{"/f/handler"});
  EXPECT_EQ(pointers({.name = "f", .handler = "echo", .decode = {"$..key"}, .each = "$$.x"}),
            (std::vector<std::string>{"/f/each", "/f/decode"}));
  EXPECT_EQ(pointers({.name = "f",
                      .handler = "echo",
                      .arguments = {json("{}"), json(R"({"a.$":"$["})")},
                      .catchers = {{{"A"}, json(R"({"b.$":7})"), true}}}),
            (std::vector<std::string>{"/f/arguments/1/a.$", "/f/catch/0/fail/b.$"}));
}

}  // namespace
}  // namespace stepd::test
