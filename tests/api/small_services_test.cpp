// STS, SSM, Secrets Manager and Rekognition over `POST /`.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

HiddenText always(std::string text) {
  return [text] { return Result<std::string>(text); };
}

class SmallServices : public Api {
 protected:
  void SetUp() override {
    doors.parameters = {{"/app/a", "String", always("1"), kNow},
                        {"/app/deep/b", "StringList", always("x,y"), kNow},
                        {"/app/secret", "SecureString", always("hidden"), kNow},
                        {"broken", "String",
                         [] {
                           return Result<std::string>(AslError{"", "/p cannot be read"});
                         },
                         kNow},
                        {"plain", "String", always("2"), kNow}};
    doors.secrets = {{"bytes", always("\xff\x01"), kNow}, {"db/password", always("{\"user\":\"u\"}"), kNow}};
  }
  Json ssm(const std::string& operation, const Json& arguments) {
    return call_target("AmazonSSM." + operation, arguments).json();
  }
  Answer secret(const Json& arguments) { return call_target("secretsmanager.GetSecretValue", arguments); }
};

TEST_F(SmallServices, StsSaysWhoTheAccountIs) {
  const auto answer = call_form("sts", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_TRUE(answer.body.starts_with(
      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
      "<Arn>arn:aws:iam::123456789012:user/stepd</Arn><UserId>AIDASTEPD00000000000</UserId><Account>123456789012"
      "</Account></GetCallerIdentityResult>"))
      << answer.body;
}

TEST_F(SmallServices, AParameterIsFoundByNameVersionAndArn) {
  const auto parameter = ssm("GetParameter", Json{{"Name", "/app/a"}}).at("Parameter");
  EXPECT_EQ(parameter.dump(),
            R"({"ARN":"arn:aws:ssm:us-east-1:123456789012:parameter/app/a","DataType":"text",)"
            R"("LastModifiedDate":1763712345.678,"Name":"/app/a","Type":"String","Value":"1","Version":1})");
  for (const char* name : {"/app/a:1", "arn:aws:ssm:us-east-1:123456789012:parameter/app/a"}) {
    EXPECT_EQ(ssm("GetParameter", Json{{"Name", name}}).at("Parameter").at("Value"), "1") << name;
  }
  EXPECT_EQ(ssm("GetParameter", Json{{"Name", "plain"}}).at("Parameter").at("ARN"),
            "arn:aws:ssm:us-east-1:123456789012:parameter/plain");
  expect_error(call_target("AmazonSSM.GetParameter", Json{{"Name", "/app/a:2"}}), "ParameterVersionNotFound",
               "Systems Manager could not find version 2 of /app/a. Verify the version and try again.");
  EXPECT_EQ(ssm("GetParameter", Json{{"Name", "/none"}}).value("__type", ""), "ParameterNotFound");
  const auto broken = call_target("AmazonSSM.GetParameter", Json{{"Name", "broken"}});
  EXPECT_EQ(broken.status, 500);
  EXPECT_NE(broken.body.find("/p cannot be read"), std::string::npos);
}

TEST_F(SmallServices, ASecureStringIsShownOnlyDecrypted) {
  EXPECT_EQ(ssm("GetParameter", Json{{"Name", "/app/secret"}, {"WithDecryption", true}}).at("Parameter").at("Value"),
            "hidden");
  EXPECT_EQ(call_target("AmazonSSM.GetParameter", Json{{"Name", "/app/secret"}}).body.find("hidden"),
            std::string::npos);
}

TEST_F(SmallServices, SeveralParametersAreReadAtOnce) {
  const auto several = ssm("GetParameters", Json{{"Names", {"/app/a", "/none", "plain"}}});
  EXPECT_EQ(several.at("InvalidParameters"), Json::array({"/none"}));
  EXPECT_EQ(several.at("Parameters").size(), 2U);
  EXPECT_EQ(ssm("GetParameters", Json{{"Names", Json::array()}}).value("__type", ""), "ValidationException");
  const auto names = [&](const Json& arguments) {
    std::string list;
    const auto answer = ssm("GetParametersByPath", arguments);
    for (const auto& each : answer.at("Parameters")) list += each.at("Name").get<std::string>() + " ";
    return list + answer.value("NextToken", "");
  };
  EXPECT_EQ(names(Json{{"Path", "/app"}}), "/app/a /app/secret ");
  EXPECT_EQ(names(Json{{"Path", "/app/"}, {"Recursive", true}}), "/app/a /app/deep/b /app/secret ");
  EXPECT_EQ(names(Json{{"Path", "/"}, {"Recursive", true}, {"MaxResults", 2}}), "/app/a /app/deep/b /app/deep/b");
  EXPECT_EQ(names(Json{{"Path", "/"}, {"Recursive", true}, {"NextToken", "/app/deep/b"}}), "/app/secret ");
  EXPECT_EQ(ssm("GetParametersByPath", Json{{"Path", "app"}}).value("__type", ""), "ValidationException");
}

TEST_F(SmallServices, ASecretIsFoundByNameAndArn) {
  const auto answer = secret(Json{{"SecretId", "db/password"}}).json();
  EXPECT_EQ(answer.at("SecretString"), "{\"user\":\"u\"}");
  EXPECT_FALSE(answer.contains("SecretBinary"));
  EXPECT_EQ(answer.at("VersionStages"), Json::array({"AWSCURRENT"}));
  const auto arn = answer.at("ARN").get<std::string>();
  EXPECT_TRUE(arn.starts_with("arn:aws:secretsmanager:us-east-1:123456789012:secret:db/password-")) << arn;
  EXPECT_EQ(secret(Json{{"SecretId", arn}}).status, 200);
  EXPECT_EQ(secret(Json{{"SecretId", arn.substr(0, arn.size() - 7)}}).status, 200);
  EXPECT_EQ(
      secret(Json{{"SecretId", "db/password"}, {"VersionId", answer.at("VersionId")}, {"VersionStage", "AWSCURRENT"}})
          .status,
      200);
  EXPECT_EQ(secret(Json{{"SecretId", "bytes"}}).json().at("SecretBinary"), "/wE=");
}

TEST_F(SmallServices, SecretsAreRefusedInTheWordsOfTheService) {
  const std::string other = "0123456789abcdef0123456789abcdef";
  const auto known = secret(Json{{"SecretId", "bytes"}}).json().at("VersionId");
  struct Case {
    Json arguments;
    std::string type, message;
  };
  const std::vector<Case> cases = {
      {{{"SecretId", "none"}}, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."},
      {{{"SecretId", "bytes"}, {"VersionId", other}},
       "ResourceNotFoundException",
       "Secrets Manager can't find the specified secret value for VersionId: " + other},
      {{{"SecretId", "bytes"}, {"VersionStage", "AWSPREVIOUS"}},
       "ResourceNotFoundException",
       "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS"},
      {{{"SecretId", "bytes"}, {"VersionId", known}, {"VersionStage", "AWSPREVIOUS"}},
       "InvalidRequestException",
       "You provided a VersionStage that is not associated to the provided VersionId."},
  };
  for (const auto& each : cases) {
    const auto answer = secret(each.arguments);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.json().value("__type", ""), each.type) << answer.body;
    EXPECT_EQ(answer.json().value("Message", ""), each.message) << answer.body;
  }
}

TEST_F(SmallServices, DetectLabelsIsTheIntegration) {
  std::vector<run::CallService> calls;
  Result<Payload> given = Payload(Json{{"Labels", Json::array()}});
  gateway.on_service = [&](run::CallService request, const run::Reply<run::CalledService>& reply) {
    calls.push_back(std::move(request));
    reply(run::CalledService{given});
  };
  const auto detect = [&](const Json& arguments) { return call_target("RekognitionService.DetectLabels", arguments); };
  EXPECT_EQ(detect(Json{{"Image", {{"Bytes", "AQI="}}}}).body, R"({"Labels":[]})");
  EXPECT_EQ(calls.at(0).service + ":" + calls.at(0).action, "aws-sdk:rekognition:detectLabels");
  EXPECT_EQ(calls.at(0).parameters.json().at("MinConfidence"), 55.0);
  given = AslError{"Rekognition.InvalidS3ObjectException",
                   "Unable to get object. (Service: Rekognition, Status Code: 400)"};
  expect_error(detect(Json::object()), "InvalidS3ObjectException", "Unable to get object.");
  given = AslError{"Image.NoLabelModel", "No network is configured: labels: {...}"};
  expect_error(detect(Json::object()), "NotImplementedException", "No network is configured: labels: {...}", 501);
  EXPECT_EQ(detect(Json{{"Image", {{"Bytes", std::string(7'000'000, 'A')}}}}).status, 501) << "7 MB are taken";
  EXPECT_EQ(detect(Json{{"Image", {{"Bytes", std::string(9'000'000, 'A')}}}}).status, 413);
}

}  // namespace
}  // namespace stepd::api::test
