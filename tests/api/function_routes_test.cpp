// Paths that call functions: API Gateway's event and answer, Lambda's Invoke, and StartExecution by a mapping template.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

class FunctionRoutes : public Api {
 protected:
  void SetUp() override {
    doors.any_function = true;
    routes.functions = {{"GET", "/images/{folder}/{file...}", "status", "123456789012", true, true},
                        {"POST", "/hook", "hook", "123456789012", false, false},
                        {"POST", "/form", "form", "123456789012", true, false},
                        {"POST", "/Prod/items/{id}", "rest", "123456789012", true, false, true, "Prod"}};
    gateway.on_invoke = [this](run::InvokeFunction request, const run::Reply<run::InvokedFunction>& reply) {
      seen = std::move(request);
      reply(run::InvokedFunction{given});
    };
  }
  void answer(const char* json) { given = Payload::trusted(json); }
  Json event() const { return Json::parse(seen.payload); }

  run::InvokeFunction seen;
  Result<Payload> given = Payload();
};

TEST_F(FunctionRoutes, TheEventIsThatOfPayloadFormatTwo) {
  ask("GET", "/images/a%20b/c/d+e.png?x=1&y=a+b&x=2", "", {"User-Agent: me", "X-One: a", "X-One: b"});
  EXPECT_EQ(seen.function, "status");
  Json made = event();
  const Json context = made["requestContext"];
  made.erase("requestContext");
  EXPECT_EQ(made["headers"]["x-one"], "a,b");
  made.erase("headers");
  EXPECT_EQ(made.dump(),
            R"({"version":"2.0","routeKey":"GET /images/{folder}/{file+}","rawPath":"/images/a b/c/d+e.png",)"
            R"("rawQueryString":"x=1&y=a+b&x=2","queryStringParameters":{"x":"2","y":"a b"},)"
            R"("pathParameters":{"file":"c/d+e.png","folder":"a b"},"isBase64Encoded":false})");
  EXPECT_EQ(context["accountId"], "123456789012");
  EXPECT_EQ(context["http"]["method"], "GET");
  EXPECT_EQ(context["http"]["userAgent"], "me");
  EXPECT_EQ(context["stage"], "$default");
  EXPECT_TRUE(context["timeEpoch"].is_number_integer());
}

TEST_F(FunctionRoutes, TheEventOfARestApiIsThatOfPayloadFormatOne) {
  ask("POST", "/Prod/items/a%20b?x=1", R"({"a":1})", {"X-One: a", "X-One: b"});
  Json made = event();
  const Json context = made["requestContext"];
  made.erase("requestContext");
  EXPECT_EQ(made["headers"]["X-One"], "b");
  EXPECT_EQ(made["multiValueHeaders"]["X-One"], Json::array({"a", "b"}));
  made.erase("headers");
  made.erase("multiValueHeaders");
  EXPECT_EQ(made.dump(),
            R"({"resource":"/items/{id}","path":"/items/a b","httpMethod":"POST","queryStringParameters":{"x":"1"},)"
            R"("multiValueQueryStringParameters":{"x":["1"]},"pathParameters":{"id":"a b"},"stageVariables":null,)"
            R"("body":"{\"a\":1}","isBase64Encoded":false})");
  EXPECT_EQ(context["stage"], "Prod");
  EXPECT_EQ(context["path"], "/Prod/items/a b");
  EXPECT_EQ(context["resourcePath"], "/items/{id}");
  ask("POST", "/Prod/items/1", "");
  EXPECT_EQ(event()["body"], Json());
  EXPECT_EQ(event()["queryStringParameters"], Json());
  answer(R"({"statusCode":200,"headers":null,"multiValueHeaders":{"X-N":["1","2"]},"body":"x"})");
  EXPECT_EQ(ask("POST", "/Prod/items/1", "").field("X-N"), "1");
}

TEST_F(FunctionRoutes, ABodyThatIsNoTextIsSentAsBase64) {
  ask("POST", "/form", "{}");
  EXPECT_EQ(event()["body"], "{}");
  ask("POST", "/form", std::string("\xff\x00", 2));
  EXPECT_EQ(event()["body"], "/wA=");
  EXPECT_EQ(event()["isBase64Encoded"], true);
}

TEST_F(FunctionRoutes, StatusHeadersCookiesAndBodyAreHonoured) {
  answer(R"({"statusCode":404,"headers":{"Content-Type":"application/json","X-N":7,"Content-Length":"999"},)"
         R"("cookies":["a=b"],"body":"{\"m\":1}"})");
  const auto got = ask("GET", "/images/a/b");
  EXPECT_EQ(got.status, 404);
  EXPECT_EQ(got.field("Content-Type"), "application/json");
  EXPECT_EQ(got.field("X-N"), "7");
  EXPECT_EQ(got.field("Set-Cookie"), "a=b");
  EXPECT_EQ(got.body, R"({"m":1})");
  answer(R"({"statusCode":200,"body":"/wA=","isBase64Encoded":true})");
  EXPECT_EQ(ask("GET", "/images/a/b").body, std::string("\xff\x00", 2));
}

TEST_F(FunctionRoutes, AnAnswerWithoutAStatusIsTheBody) {
  answer(R"({"a":[1]})");
  const auto got = ask("GET", "/images/a/b");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.field("Content-Type"), "application/json");
  EXPECT_EQ(got.body, R"({"a":[1]})");
}

TEST_F(FunctionRoutes, AnAnswerThatCannotBeSentCostsOneRequest) {
  for (const char* json : {R"({"statusCode":"200"})", R"({"statusCode":42})", R"({"statusCode":200,"headers":[1]})",
                           R"({"statusCode":200,"headers":{"A":"b\r\nC: d"}})",
                           R"({"statusCode":200,"headers":{"A b":"c"}})", R"({"statusCode":200,"cookies":["a\nb"]})",
                           R"({"statusCode":200,"body":"?","isBase64Encoded":true})", R"({"statusCode":100})"}) {
    answer(json);
    const auto got = ask("GET", "/images/a/b");
    EXPECT_EQ(got.status, 500) << json;
    EXPECT_EQ(got.body, R"({"message":"Internal Server Error"})") << json;
  }
  expect_alive();
}

TEST_F(FunctionRoutes, AFailureSaysNothingOfItself) {
  given = AslError{"Secret.Error", "secret cause"};
  EXPECT_EQ(ask("POST", "/hook", "{}").body, R"({"message":"Internal Server Error"})");
}

TEST_F(FunctionRoutes, TheBodyItselfMayBeTheEvent) {
  answer("[1]");
  const auto got = ask("POST", "/hook", R"({"Records":[]})");
  EXPECT_EQ(got.body, "[1]");
  EXPECT_EQ(seen.payload, R"({"Records":[]})");
  EXPECT_EQ(ask("POST", "/hook", "{").status, 400);
  EXPECT_EQ(ask("POST", "/hook", "{}", {"Content-Type: text/plain"}).status, 415);
}

TEST_F(FunctionRoutes, OnlyWhatIsPublicIsForForeignPages) {
  EXPECT_EQ(ask("GET", "/images/a/b", "", {"Origin: https://elsewhere.example"}).status, 200);
  EXPECT_EQ(ask("POST", "/hook", "{}", {"Origin: https://elsewhere.example"}).status, 403);
}

TEST_F(FunctionRoutes, InvokeIsThatOfLambda) {
  answer(R"("text")");
  const auto got = ask("POST", "/2015-03-31/functions/f%3Aprod/invocations", R"({"a":1})");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, R"("text")");
  EXPECT_EQ(got.field("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(got.field("X-Amz-Function-Error"), "");
  EXPECT_EQ(seen.function, "f");
  EXPECT_EQ(seen.qualifier, "prod");
  EXPECT_EQ(seen.payload, R"({"a":1})");

  given = AslError{"ValueError", R"({"errorMessage":"m","errorType":"ValueError"})"};
  const auto failed = ask("POST", "/2015-03-31/functions/f/invocations", "{}");
  EXPECT_EQ(failed.status, 200);
  EXPECT_EQ(failed.field("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(failed.body, R"({"errorMessage":"m","errorType":"ValueError"})");

  given = AslError{"Lambda.ResourceNotFoundException", "Function not found: f"};
  const auto absent = ask("POST", "/2015-03-31/functions/f/invocations", "{}");
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(absent.field("X-Amzn-ErrorType"), "ResourceNotFoundException");
}

TEST_F(FunctionRoutes, InvokeMayNotWaitOrNotEvenRun) {
  const std::string path = "/2015-03-31/functions/f/invocations";
  EXPECT_EQ(ask("POST", path, "{}", {"X-Amz-Invocation-Type: DryRun"}).status, 204);
  EXPECT_EQ(seen.function, "");
  EXPECT_EQ(ask("POST", path, "{}", {"X-Amz-Invocation-Type: Event"}).status, 202);
  EXPECT_EQ(seen.function, "f");
  EXPECT_EQ(ask("POST", path, "{").field("X-Amzn-ErrorType"), "InvalidRequestContentException");
}

class MappedStarts : public Api {
 protected:
  void SetUp() override {
    StartRoute route{"/prod/resize", kMachineArn, {"key"}, {{"bucket", {"uploads"}}}};
    route.mapping = MappingTemplate::parse("$input.json('$')").value();
    routes.starts = {route};
    gateway.on_start = [this](run::StartExecution request, const run::Reply<run::StartedExecution>& reply) {
      seen = std::move(request);
      reply(run::StartedExecution{kExecutionArn, kNow});
    };
  }
  std::string type_of(const Json& body) { return ask("POST", "/prod/resize", body.dump()).json().value("__type", ""); }
  run::StartExecution seen;
};

TEST_F(MappedStarts, TheBodyIsStartExecutionsOwn) {
  const std::string input = R"({"bucket": "uploads", "key": "a"})";
  const Json body{{"stateMachineArn", kMachineArn}, {"name", "one"}, {"input", input}};
  const auto got = ask("POST", "/prod/resize", body.dump());
  EXPECT_EQ(got.body, R"({"executionArn":")" + kExecutionArn + R"(","startDate":1763712345.678})");
  EXPECT_EQ(seen.name, "one");
  EXPECT_EQ(seen.input, input);
}

TEST_F(MappedStarts, AnEmptyNameIsNone) {
  ask("POST", "/prod/resize", Json{{"name", ""}, {"input", R"({"key":"a"})"}}.dump());
  EXPECT_EQ(seen.state_machine_arn, kMachineArn);
  EXPECT_EQ(seen.name, std::nullopt);
}

TEST_F(MappedStarts, WhatThePathDoesNotPermitStartsNothing) {
  EXPECT_EQ(type_of({{"stateMachineArn", kMachineArn + "2"}, {"input", R"({"key":"a"})"}}), "AccessDeniedException");
  EXPECT_EQ(type_of({{"input", R"({"key":"a","bucket":"secrets"})"}}), "ValidationException");
  EXPECT_EQ(type_of({{"input", "{}"}}), "ValidationException");
  EXPECT_EQ(type_of({{"input", Json{{"key", "a"}}}}), "SerializationException");
  EXPECT_EQ(type_of(Json::array({1})), "SerializationException");
  EXPECT_EQ(ask("POST", "/prod/resize", "{").json()["__type"], "SerializationException");
  EXPECT_EQ(seen.state_machine_arn, "");
}

TEST_F(MappedStarts, ARefusalIsSaidInAwsWords) {
  gateway.on_start = [](const run::StartExecution&, const run::Reply<run::StartedExecution>& reply) {
    reply(run::Refusal{run::RefusalCode::ExecutionAlreadyExists, "because"});
  };
  const auto got = ask("POST", "/prod/resize", Json{{"input", R"({"key":"a"})"}}.dump());
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.body, R"({"__type":"ExecutionAlreadyExists","message":"because"})");
}

class PendingItems : public Api {
 protected:
  void SetUp() override {
    routes.items = {{"/images/{key...}/status", "images", "k/{key}", ItemRoute::Pending{"uploads", "{key}"}, true}};
  }
};

TEST_F(PendingItems, AnObjectThatNobodyRecordedYetIsPending) {
  EXPECT_EQ(ask("GET", "/images/a/b.jpg/status").status, 404);
  objects.put("a/b.jpg", "x");
  const auto waiting = ask("GET", "/images/a/b.jpg/status");
  EXPECT_EQ(waiting.status, 200);
  EXPECT_EQ(waiting.json()["status"], "PENDING");
  EXPECT_EQ(waiting.field("Access-Control-Allow-Origin"), "*");
  items.items["k/a/b.jpg"] = Json{{"status", "RUNNING"}};
  EXPECT_EQ(ask("GET", "/images/a/b.jpg/status", "", {"Origin: https://elsewhere.example"}).body,
            R"({"status":"RUNNING"})");
}

}  // namespace
}  // namespace stepd::api::test
