// TestState: how its request reaches the engine, and how its answer reaches the client. What it tests is not tested
// here.
#include "api/api_fixture.h"

#include "base/payload.h"

namespace stepd::api::test {
namespace {

class TestState : public Api {
 protected:
  /// The request as the gateway saw it; none if it was refused before.
  std::optional<run::TestState> sent(const Json& arguments) {
    std::optional<run::TestState> seen;
    gateway.on_test = [&](run::TestState request, const run::Reply<run::TestedState>& reply) {
      seen = std::move(request);
      reply(run::TestedState{Payload(Json{{"status", "SUCCEEDED"}, {"output", "{}"}})});
    };
    answer = call("TestState", arguments);
    return seen;
  }

  void expect_refused(const Json& arguments, const std::string& type, const std::string& message) {
    EXPECT_FALSE(sent(arguments).has_value());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.json()["__type"].get<std::string>(), type);
    EXPECT_EQ(answer.json()["message"].get<std::string>(), message);
  }

  Answer answer;
};

TEST_F(TestState, NeedsADefinitionAlone) {
  const auto seen = sent(Json{{"definition", "{}"}});
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->definition, "{}");
  EXPECT_EQ(seen->input, "{}");
  EXPECT_EQ(seen->level, core::InspectionLevel::Info);
  EXPECT_FALSE(seen->state_name || seen->role_arn || seen->variables || seen->context || seen->mock);
  EXPECT_FALSE(seen->reveal_secrets);
  EXPECT_EQ(answer.body, R"({"status":"SUCCEEDED","output":"{}"})");
}

TEST_F(TestState, PassesEverythingOn) {
  const auto seen = sent(Json::parse(R"({
      "definition": "d", "roleArn": "arn:aws:iam::123456789012:role/any", "input": "[1,  2]", "stateName": "S",
      "inspectionLevel": "TRACE", "revealSecrets": true, "variables": "{\"v\":1}", "context": "{\"c\":1}",
      "mock": {"result": "7", "errorOutput": {"error": "E", "cause": "C"}, "fieldValidationMode": "PRESENT"},
      "stateConfiguration": {"retrierRetryCount": 1, "errorCausedByState": "T", "mapIterationFailureCount": 2,
                             "mapItemReaderData": "[3]"}})"));
  ASSERT_TRUE(seen.has_value()) << answer.body;
  EXPECT_EQ(seen->role_arn, "arn:aws:iam::123456789012:role/any");
  EXPECT_EQ(seen->input, "[1,  2]");
  EXPECT_EQ(seen->state_name, "S");
  EXPECT_EQ(seen->level, core::InspectionLevel::Trace);
  EXPECT_TRUE(seen->reveal_secrets);
  EXPECT_EQ(seen->variables, R"({"v":1})");
  EXPECT_EQ(seen->context, R"({"c":1})");
  ASSERT_TRUE(seen->mock.has_value());
  EXPECT_EQ(seen->mock->result, "7");
  EXPECT_EQ(seen->mock->error, (core::Failure{"E", "C"}));
  EXPECT_EQ(seen->mock->validation, core::FieldValidation::Present);
  EXPECT_EQ(seen->configuration.retries, 1U);
  EXPECT_EQ(seen->configuration.error_caused_by, "T");
  EXPECT_EQ(seen->configuration.iteration_failures, 2U);
  EXPECT_EQ(seen->configuration.item_reader_data, "[3]");
}

TEST_F(TestState, BrokenConstraintsAreNamedByTheirPlace) {
  expect_refused(Json::object(), "ValidationException",
                 "1 validation error detected: Value null at 'definition' failed to satisfy constraint: Member must "
                 "not be null");
  expect_refused(Json{{"definition", "{}"}, {"inspectionLevel", "ALL"}}, "ValidationException",
                 "1 validation error detected: Value 'ALL' at 'inspectionLevel' failed to satisfy constraint: Member "
                 "must satisfy enum value set: [INFO, DEBUG, TRACE]");
  expect_refused(Json{{"definition", "{}"}, {"stateConfiguration", {{"retrierRetryCount", -1}}}}, "ValidationException",
                 "1 validation error detected: Value '-1' at 'stateConfiguration.retrierRetryCount' failed to satisfy "
                 "constraint: Member must have value greater than or equal to 0");
  expect_refused(Json{{"definition", "{}"}, {"mock", {{"fieldValidationMode", "LAX"}}}}, "ValidationException",
                 "1 validation error detected: Value 'LAX' at 'mock.fieldValidationMode' failed to satisfy constraint: "
                 "Member must satisfy enum value set: [STRICT, PRESENT, NONE]");
  expect_refused(Json{{"definition", "{}"}, {"roleArn", "somebody"}}, "InvalidArn", "Invalid Role Arn: 'somebody'");
}

TEST_F(TestState, TheEnginesRefusalIsHandedOn) {
  gateway.on_test = [](const run::TestState&, const run::Reply<run::TestedState>& reply) {
    reply(run::Refusal{run::RefusalCode::ValidationException, "State not found in definition"});
  };
  answer = call("TestState", Json{{"definition", "{}"}, {"stateName", "S"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["__type"].get<std::string>(), "ValidationException");
  EXPECT_EQ(answer.json()["message"].get<std::string>(), "State not found in definition");
}

}  // namespace
}  // namespace stepd::api::test
