// ValidateStateMachineDefinition: what it answers, how much of it, and in which severity.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

class Validation : public Api {
 protected:
  Json validated(Json arguments) {
    const auto answer = call("ValidateStateMachineDefinition", arguments);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  static Json of(const std::string& definition) { return {{"definition", definition}}; }
};

const std::string kThreeFaults =
    R"({"StartAt":"A","States":{"A":{"Type":"Pass","Colour":1,"Shape":2,"Next":"B"},"C":{"Type":"Succeed"}}})";
const std::string kWarned = R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":"$.a","End":true}}})";

TEST_F(Validation, AGoodDefinitionIsOkAndNothingIsSaidOfIt) {
  const auto answer =
      call("ValidateStateMachineDefinition", of(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})"));
  EXPECT_EQ(answer.body, R"({"result":"OK","diagnostics":[],"truncated":false})");
}

TEST_F(Validation, AFaultHasSeverityCodeMessageAndLocation) {
  const auto answer = call("ValidateStateMachineDefinition", of("{}"));
  EXPECT_EQ(answer.body, R"({"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED",)"
                         R"("message":"These fields are required: [States, StartAt]","location":"/"}],)"
                         R"("truncated":false})");
}

TEST_F(Validation, AFaultOfTheWholeHasNoLocation) {
  const auto answer = validated(of(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}})"));
  ASSERT_EQ(answer["diagnostics"].size(), 1U);
  EXPECT_EQ(answer["diagnostics"][0]["code"].get<std::string>(), "MISSING_END_STATE");
  EXPECT_FALSE(answer["diagnostics"][0].contains("location"));
}

TEST_F(Validation, MoreThanWasAskedForIsCutAndSaidToBe) {
  auto arguments = of(kThreeFaults);
  EXPECT_EQ(validated(arguments)["diagnostics"].size(), 4U);
  EXPECT_FALSE(validated(arguments)["truncated"].get<bool>());
  arguments["maxResults"] = 2;
  EXPECT_EQ(validated(arguments)["diagnostics"].size(), 2U);
  EXPECT_TRUE(validated(arguments)["truncated"].get<bool>());
  arguments["maxResults"] = 4;
  EXPECT_FALSE(validated(arguments)["truncated"].get<bool>());
}

TEST_F(Validation, AHundredFaultsAreShownWhereNobodySaysHowMany) {
  std::string states;
  for (int i = 0; i < 101; ++i) states += (i ? ",\"S" : "\"S") + std::to_string(i) + R"(":{"Type":"Nope"})";
  auto arguments = of(R"({"StartAt":"S0","States":{)" + states + "}}");
  arguments["maxResults"] = 0;
  const auto answer = validated(arguments);
  EXPECT_EQ(answer["diagnostics"].size(), 100U);
  EXPECT_TRUE(answer["truncated"].get<bool>());
}

TEST_F(Validation, WarningsAreShownToWhoAsksAndNeverFail) {
  auto arguments = of(kWarned);
  EXPECT_EQ(validated(arguments)["diagnostics"].size(), 0U);
  arguments["severity"] = "WARNING";
  const auto answer = validated(arguments);
  EXPECT_EQ(answer["result"].get<std::string>(), "OK");
  ASSERT_EQ(answer["diagnostics"].size(), 1U);
  EXPECT_EQ(answer["diagnostics"][0]["severity"].get<std::string>(), "WARNING");
  EXPECT_EQ(answer["diagnostics"][0]["code"].get<std::string>(), "PASS_RESULT_IS_STATIC");
}

TEST_F(Validation, WhatCannotBeRunHereYetFailsAsItsCreationDoes) {
  const auto answer = validated(of(
      R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",)"
      R"("ExecutionType":"STANDARD"},"StartAt":"A","States":{"A":{"Type":"Succeed"}}}}}})"));
  EXPECT_EQ(answer["result"].get<std::string>(), "FAIL");
  EXPECT_EQ(answer["diagnostics"][0]["severity"].get<std::string>(), "ERROR");
  EXPECT_EQ(answer["diagnostics"][0]["code"].get<std::string>(), "NOT_SUPPORTED_HERE");
}

TEST_F(Validation, JsonataIsCheckedInAwsWords) {
  const auto answer = call("ValidateStateMachineDefinition",
                           of(R"({"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true,)"
                              R"("Output":{"v":"{% phone[1] %}","w":"{% a[1,2) %}"}}}})"))
                          .body;
  EXPECT_EQ(answer, R"({"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"UNSUPPORTED_JSONATA_EXPRESSION",)"
                    R"("message":"Reference to 'phone' at the top level is not supported.",)"
                    R"("location":"/States/A/Output/v"},{"severity":"ERROR","code":"INVALID_JSONATA_EXPRESSION",)"
                    R"("message":"Expected \"]\", got \",\"","location":"/States/A/Output/w"}],"truncated":false})");
}

TEST_F(Validation, WhatTheTasksNameAndNothingServesIsAWarning) {
  gateway.on_check = [](const Json&) {
    asl::Diagnostic warning{asl::Severity::Warning, asl::codes::kNotServedHere, "There is no bucket 'a'", "/States/A"};
    warning.hint = "did you mean 'b'?";
    return asl::Diagnostics{warning};
  };
  auto arguments = of(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})");
  EXPECT_EQ(validated(arguments)["diagnostics"].size(), 0U);
  arguments["severity"] = "WARNING";
  EXPECT_EQ(call("ValidateStateMachineDefinition", arguments).body,
            R"({"result":"OK","diagnostics":[{"severity":"WARNING","code":"NOT_SERVED_HERE",)"
            R"("message":"There is no bucket 'a'; did you mean 'b'?","location":"/States/A"}],"truncated":false})");
}

TEST_F(Validation, ExpressHasRulesOfItsOwn) {
  auto arguments = of(
      R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","End":true}}})");
  EXPECT_EQ(validated(arguments)["result"].get<std::string>(), "OK");
  arguments["type"] = "EXPRESS";
  const auto answer = validated(arguments);
  ASSERT_EQ(answer["result"].get<std::string>(), "FAIL");
  EXPECT_EQ(answer["diagnostics"][0]["location"].get<std::string>(), "/States/T/Resource");
}

TEST_F(Validation, ARequestThatMakesNoSenseIsRefused) {
  for (const auto& [member, value] : std::vector<std::pair<const char*, Json>>{
           {"maxResults", 101}, {"maxResults", -1}, {"severity", "INFO"}, {"type", "FAST"}, {"definition", ""}}) {
    auto arguments = of("{}");
    arguments[member] = value;
    const auto answer = call("ValidateStateMachineDefinition", arguments);
    EXPECT_EQ(answer.status, 400) << member;
    EXPECT_EQ(answer.json()["__type"].get<std::string>(), "ValidationException") << member;
  }
}

}  // namespace
}  // namespace stepd::api::test
