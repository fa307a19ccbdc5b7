// Lambda's paths: how a function is named, the types of invocation, and every refusal in Lambda's words.
#include "api/api_fixture.h"
#include "api/aws/function_reference.h"

namespace stepd::api::test {
namespace {

class LambdaRoutes : public Api {
 protected:
  void SetUp() override {
    doors.functions = {{"f", "the handler image.resize", "", "image.resize"}, {"g", "", "python3.12", "app.h", 3, 128}};
    gateway.on_invoke = [this](run::InvokeFunction request, const run::Reply<run::InvokedFunction>& reply) {
      seen = std::move(request);
      reply(run::InvokedFunction{given, "$LATEST", "bG9n"});
    };
    doors.call_later = [this](AsyncCall call) -> Result<void> {
      if (full) return AslError{"Notify.Failed", "too many messages wait"};
      later.push_back(std::move(call));
      return {};
    };
  }
  Answer invoke(const std::string& name, const std::string& body = "{}", const std::vector<std::string>& fields = {}) {
    return ask("POST", "/2015-03-31/functions/" + name + "/invocations", body, fields);
  }

  run::InvokeFunction seen;
  Result<Payload> given = Payload::trusted("1");
  std::vector<AsyncCall> later;
  bool full = false;
};

TEST(FunctionReference, NamesAreReadAsLambdaReadsThem) {
  struct Case {
    std::string text, read;
  };
  const std::vector<Case> cases = {
      {"f", " f "},
      {"f:prod", " f prod"},
      {"f:$LATEST", " f $LATEST"},
      {"123456789012:function:f", " f "},
      {"123456789012:f:7", " f 7"},
      {"function:f", " f "},
      {"arn:aws:lambda:us-east-1:123456789012:function:f", "us-east-1 f "},
      {"arn:aws:lambda:us-gov-west-1:123456789012:function:f:a_b", "us-gov-west-1 f a_b"},
      {"my.function-1_x", " my.function-1_x "},
      {"", "!"},
      {"my-function!", "!"},
      {"f:", "!"},
      {"f:a:b", "!"},
      {"f:a!", "!"},
      {"a b", "!"},
      {std::string(257, 'f'), "!"},
  };
  for (const auto& each : cases) {
    const auto read = read_function_reference(each.text);
    EXPECT_EQ(read.has_value() ? read->region + " " + read->name + " " + read->qualifier : "!", each.read) << each.text;
  }
}

TEST_F(LambdaRoutes, AnAnswerHasLambdasFields) {
  const auto answer = invoke("f", R"({"a":1})", {"X-Amz-Log-Type: Tail", "X-Amz-Client-Context: e30="});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "1");
  EXPECT_EQ(answer.field("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(answer.field("X-Amz-Log-Result"), "bG9n");
  EXPECT_EQ(answer.field("x-amzn-Remapped-Content-Length"), "0");
  EXPECT_EQ(seen.client_context, "e30=");
  EXPECT_EQ(seen.log_type, "Tail");
  EXPECT_EQ(seen.request_id, answer.field("x-amzn-RequestId"));
  EXPECT_EQ(invoke("f").field("X-Amz-Log-Result"), "");
}

TEST_F(LambdaRoutes, RefusalsHaveLambdasTypesAndWords) {
  struct Case {
    std::string name, body;
    std::vector<std::string> fields;
    int status;
    std::string type, message;
  };
  const std::string arn = "arn:aws:lambda:us-east-1:123456789012:function:";
  const std::vector<Case> cases = {
      {"none",
       "{}",
       {"X-Amz-Invocation-Type: Event"},
       404,
       "ResourceNotFoundException",
       "Function not found: " + arn + "none:$LATEST"},
      {"none:7",
       "{}",
       {"X-Amz-Invocation-Type: DryRun"},
       404,
       "ResourceNotFoundException",
       "Function not found: " + arn + "none:7"},
      {"arn:aws:lambda:eu-west-1:123456789012:function:f",
       "{}",
       {},
       404,
       "ResourceNotFoundException",
       "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"},
      {"f!",
       "{}",
       {},
       400,
       "ValidationException",
       "1 validation error detected: Value 'f!' at 'functionName' failed to satisfy constraint: Member must satisfy "
       "regular "
       "expression pattern: "
       "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12"
       "}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"},
      {"f", "{", {}, 400, "InvalidRequestContentException", ""},
      {"f",
       "{}",
       {"X-Amz-Invocation-Type: Later"},
       400,
       "ValidationException",
       "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must "
       "satisfy enum "
       "value set: [Event, RequestResponse, DryRun]"},
      {"f",
       "\"" + std::string(6'291'456, 'x') + "\"",
       {},
       413,
       "RequestEntityTooLargeException",
       "Request must be smaller than 6291456 bytes for the InvokeFunction operation"},
      {"f",
       "\"" + std::string(1'048'576, 'x') + "\"",
       {"X-Amz-Invocation-Type: Event"},
       413,
       "RequestEntityTooLargeException",
       "Request must be smaller than 1048576 bytes for the InvokeFunction operation"},
  };
  for (const auto& each : cases) {
    const auto answer = invoke(each.name, each.body, each.fields);
    EXPECT_EQ(answer.status, each.status) << each.name;
    EXPECT_EQ(answer.field("X-Amzn-ErrorType"), each.type) << answer.body;
    if (!each.message.empty()) EXPECT_EQ(answer.json().value("Message", ""), each.message) << answer.body;
  }
  const auto two = ask("POST", "/2015-03-31/functions/f%3Aa/invocations?Qualifier=b", "{}");
  EXPECT_EQ(two.json().value("Message", ""),
            "The derived qualifier from the function name does not match the specified qualifier.");
}

TEST_F(LambdaRoutes, ErrorsOfTheServiceAreNoneOfTheFunction) {
  given = AslError{"Lambda.TooManyRequestsException", "Rate Exceeded."};
  const auto many = invoke("f");
  EXPECT_EQ(many.status, 429);
  EXPECT_EQ(
      many.body,
      R"({"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."})");
  given = AslError{"Lambda.ResourceNotFoundException", "Function not found: x (Service: AWSLambda; Status Code: 404)"};
  EXPECT_EQ(invoke("none").json().value("Message", ""),
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:none:$LATEST");
  given = AslError{"Lambda.ServiceException", "broken (Service: AWSLambda; Status Code: 500)"};
  EXPECT_EQ(invoke("f").status, 500);
  EXPECT_EQ(invoke("f").json().value("Message", ""), "broken");
  given = AslError{"Lambda.Unknown",
                   "The cause could not be determined because Lambda did not return an error type. "
                   "Returned payload: {\"errorMessage\":\"m\"}"};
  EXPECT_EQ(invoke("f").field("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(invoke("f").body, R"({"errorMessage":"m"})");
}

TEST_F(LambdaRoutes, AnEventIsKeptBeforeItIsAccepted) {
  const auto answer = invoke("f:prod", R"({"a":1})", {"X-Amz-Invocation-Type: Event"});
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "");
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].function + " " + later[0].qualifier + " " + later[0].payload, R"(f prod {"a":1})");
  EXPECT_EQ(later[0].request_id, answer.field("x-amzn-RequestId"));
  EXPECT_EQ(seen.function, "") << "nothing is called at once";
  full = true;
  EXPECT_EQ(invoke("f", "{}", {"X-Amz-Invocation-Type: Event"}).status, 503);
}

TEST_F(LambdaRoutes, FunctionsAreListedAndDescribed) {
  const auto all = ask("GET", "/2015-03-31/functions").json().at("Functions");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].at("Runtime"), "python3.12");
  EXPECT_EQ(all[1].at("MemorySize"), 128);
  const auto page = ask("GET", "/2015-03-31/functions?MaxItems=1").json();
  EXPECT_EQ(page.at("NextMarker"), "f");
  EXPECT_EQ(ask("GET", "/2015-03-31/functions?Marker=f").json().at("Functions")[0].at("FunctionName"), "g");
  EXPECT_EQ(ask("GET", "/2015-03-31/functions/g").json().at("Configuration").at("Handler"), "app.h");
  EXPECT_EQ(ask("GET", "/2015-03-31/functions/g/configuration").json().at("FunctionArn"),
            "arn:aws:lambda:us-east-1:123456789012:function:g");
  EXPECT_EQ(ask("GET", "/2015-03-31/functions/none").status, 404);
  const auto other = ask("DELETE", "/2015-03-31/functions/f", "",
                         {"Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261130/us-east-1/lambda/aws4_request"});
  EXPECT_EQ(other.status, 501);
  EXPECT_NE(other.json().value("message", "").find("functions:"), std::string::npos) << other.body;
}

}  // namespace
}  // namespace stepd::api::test
