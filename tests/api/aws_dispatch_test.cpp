// `POST /` for many services: which one a request is for, and in which form each is answered and refused.
#include "api/api_fixture.h"
#include "api/protocol/form.h"
#include "api/protocol/query_xml.h"
#include "base/limits.h"

namespace stepd::api::test {
namespace {

std::string signed_for(const std::string& scope) {
  return "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261130/us-east-1/" + scope +
         "/aws4_request, SignedHeaders=host, Signature=0";
}

const std::string kFormField = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
const std::string kJsonField = "Content-Type: application/x-amz-json-1.1";

class Dispatch : public Api {
 protected:
  Answer post(const std::string& body, const std::vector<std::string>& fields) {
    return ask("POST", "/", body, fields);
  }
};

TEST_F(Dispatch, WhatIsNotServedIsAnsweredInTheFormOfItsService) {
  struct Case {
    std::vector<std::string> fields;
    std::string says;
  };
  const std::vector<Case> cases = {
      {{kJsonField, "X-Amz-Target: AmazonSQS.SendMessage"}, "Amazon SQS"},
      {{kJsonField, "X-Amz-Target: AmazonSQS.SendMessage", signed_for("sqs")}, "AWS_ENDPOINT_URL_SQS"},
      {{kJsonField, signed_for("events")}, "rules:"},
      {{kJsonField, "X-Amz-Target: GraniteServiceVersion20100801.PutMetricData"}, "Amazon CloudWatch"},
      {{kJsonField, "X-Amz-Target: TrentService.Decrypt", signed_for("kms")}, "the service kms"},
  };
  for (const auto& each : cases) {
    const auto answer = post("{}", each.fields);
    EXPECT_EQ(answer.status, 501) << each.says;
    EXPECT_EQ(answer.json().value("__type", ""), "NotImplementedException") << answer.body;
    EXPECT_NE(answer.json().value("message", "").find(each.says), std::string::npos) << answer.body;
  }
  const auto form = post("Action=ListUsers&Version=2010-05-08", {kFormField, signed_for("iam")});
  EXPECT_EQ(form.status, 501);
  EXPECT_EQ(form.field("Content-Type"), "text/xml");
  EXPECT_NE(form.body.find("<Type>Receiver</Type><Code>NotImplemented</Code><Message>stepd does not serve the service "
                           "iam."),
            std::string::npos)
      << form.body;
}

TEST_F(Dispatch, APathOfAServiceThatIsNotServedIsAnsweredLikewise) {
  const auto json = ask("GET", "/restapis", "", {signed_for("apigateway")});
  EXPECT_EQ(json.status, 501);
  EXPECT_EQ(json.json().value("__type", ""), "NotImplementedException");
  const auto xml = ask("GET", "/2013-04-01/hostedzone", "", {signed_for("route53")});
  EXPECT_EQ(xml.status, 501);
  EXPECT_TRUE(xml.body.starts_with("<ErrorResponse>")) << xml.body;
  EXPECT_EQ(ask("GET", "/restapis").status, 404);
}

TEST_F(Dispatch, TheTargetCountsBeforeTheScope) {
  const auto answer = post("{}", {kJsonField, "X-Amz-Target: AWSStepFunctions.MakeCoffee", signed_for("events")});
  expect_error(answer, "UnknownOperationException", "Unknown operation");
}

TEST_F(Dispatch, AFormWithoutAuthorizationIsRefused) {
  for (const char* body : {"", "Action=Publish&Version=2010-03-31", "Action=ListUsers"}) {
    const auto answer = post(body, {kFormField, "User-Agent: Mozilla/5.0"});
    EXPECT_EQ(answer.status, 403) << body;
    EXPECT_NE(answer.body.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos) << answer.body;
  }
}

TEST_F(Dispatch, EachServiceRefusesInItsForm) {
  const std::string large(limits::kRequestBytes + 1, ' ');
  const auto json = post(large, {kJsonField, "X-Amz-Target: AmazonSQS.SendMessage"});
  EXPECT_EQ(json.status, 413);
  EXPECT_EQ(json.json().value("__type", ""), "RequestEntityTooLargeException");
  const auto xml = post(large, {kFormField, signed_for("iam")});
  EXPECT_EQ(xml.status, 413);
  EXPECT_NE(xml.body.find("<Code>RequestEntityTooLargeException</Code>"), std::string::npos) << xml.body;
}

TEST(Form, DotsAndNumbersMakeStructures) {
  struct Case {
    std::string form, json;
  };
  const std::vector<Case> cases = {
      {"", "{}"},
      {"A=b", R"({"A":"b"})"},
      {"A=b&A=c&&B", R"({"A":"c","B":""})"},
      {"A=%C3%A4+b%2Bc", R"({"A":"ä b+c"})"},
      {"A.member.1=x&A.member.2=y", R"({"A":["x","y"]})"},
      {"A.member.10=y&A.member.9=x", R"({"A":["x","y"]})"},
      {"A.1=x", R"({"A":["x"]})"},
      {"M.entry.1.Name=n&M.entry.1.Value.DataType=String", R"({"M":[{"Name":"n","Value":{"DataType":"String"}}]})"},
      {"E.member.1.Id=a&E.member.1.M.entry.1.Name=n", R"({"E":[{"Id":"a","M":[{"Name":"n"}]}]})"},
      {"A.member=x", R"({"A":{"member":"x"}})"},
  };
  for (const auto& each : cases) {
    const auto read = read_form(each.form);
    ASSERT_TRUE(read.has_value()) << each.form;
    EXPECT_EQ(read->dump(), each.json) << each.form;
  }
}

TEST(Form, BadFormsAreRefused) {
  std::string many;
  for (int i = 0; i < 1'001; ++i) many += "A.member." + std::to_string(i) + "=x&";
  for (const std::string& form :
       {std::string("A=%"), std::string("A=%zz"), std::string("%=x"), std::string("A=%FF"), std::string("A=x&A.B=y"),
        std::string("A.B=y&A=x"), std::string("A.B.C.D.E.F.G.H.I.J=x"), std::string(300, 'A') + "=x", many}) {
    const auto read = read_form(form);
    ASSERT_FALSE(read.has_value()) << form.substr(0, 80);
    EXPECT_EQ(read.error().type, "MalformedQueryString");
  }
}

TEST(Form, OneFieldIsFoundWithoutTheRest) {
  EXPECT_EQ(form_field("A=b&Action=Pub%6Cish&Action=x", "Action"), "Publish");
  EXPECT_EQ(form_field("Actions=x", "Action"), std::nullopt);
  EXPECT_EQ(form_field("", "Action"), std::nullopt);
}

TEST(QueryXml, AnswersAndErrorsAreThoseOfTheProtocol) {
  EXPECT_EQ(query_answer("urn:x", "Publish", Json{{"MessageId", "<1>&\x01"}}, "r"),
            "<PublishResponse xmlns=\"urn:x\"><PublishResult><MessageId>&lt;1&gt;&amp;\xEF\xBF\xBD</MessageId>"
            "</PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>");
  EXPECT_EQ(query_answer(
                "", "List",
                Json{{"A", {{"member", Json::array({Json{{"B", 1}}, "c"})}}}, {"D", {{"member", Json::array()}}}}, "r"),
            "<ListResponse><ListResult><A><member><B>1</B></member><member>c</member></A><D></D></ListResult>"
            "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListResponse>");
  EXPECT_EQ(query_error("urn:x", ApiError("NotFound", "no \"topic\"", 404), "r"),
            "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>NotFound</Code><Message>no "
            "&quot;topic&quot;</Message></Error><RequestId>r</RequestId></ErrorResponse>");
}

}  // namespace
}  // namespace stepd::api::test
