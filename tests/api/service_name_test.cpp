// Which service a request means, by what each client says of it, and who gets it then.
#include "api/protocol/service_name.h"

#include "api/router.h"
#include "api/wire.h"

#include <gtest/gtest.h>

namespace stepd::api::test {
namespace {

constexpr auto kAuthorization = "AWS4-HMAC-SHA256 Credential=key/20261130/eu-west-1/";

struct Asked {
  std::string host = "localhost:8083";
  std::string target = "/";
  std::string authorization;
  std::string amz_target;
};

Request request_of(const Asked& asked, const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.path = asked.target.substr(0, asked.target.find('?'));
  if (request.path != asked.target) request.query = asked.target.substr(request.path.size() + 1);
  request.fields = {{"Host", asked.host}};
  if (!asked.authorization.empty()) request.fields.push_back({"Authorization", asked.authorization});
  if (!asked.amz_target.empty()) request.fields.push_back({"X-Amz-Target", asked.amz_target});
  return request;
}

std::string signed_for(const std::string& service) {
  return kAuthorization + service + "/aws4_request, SignedHeaders=host, Signature=00";
}

TEST(ServiceName, IsSaidByTargetScopeHostOrPath) {
  const struct {
    Asked asked;
    std::string_view service;
  } cases[] = {
      {{}, ""},
      {{.target = "/uploads/a.jpg"}, ""},
      {{.target = "/uploads/a.jpg", .authorization = signed_for("s3")}, "s3"},
      {{.authorization = signed_for("s3")}, "s3"},
      {{.authorization = signed_for("sns")}, "sns"},
      {{.authorization = signed_for("sts")}, "sts"},
      {{.authorization = signed_for("ec2")}, ""},
      {{.host = "pics.localhost", .authorization = signed_for("ec2")}, ""},
      {{.authorization = "AWS key:c2ln"}, "s3"},
      {{.authorization = "Bearer abc"}, ""},
      {{.authorization = "AWS4-HMAC-SHA256 Credential=key, Signature=00"}, ""},
      {{.authorization = "AWS4-ECDSA-P256-SHA256 Credential=key/20261130/s3/aws4_request,Signature=00"}, "s3"},
      {{.authorization = signed_for("states"), .amz_target = "AWSStepFunctions.StartExecution"}, "states"},
      {{.amz_target = "DynamoDB_20120810.GetItem"}, "dynamodb"},
      {{.amz_target = "AWSStepFunctions.StartExecution"}, "states"},
      {{.amz_target = "Logs_20140328.PutLogEvents"}, "logs"},
      {{.amz_target = "RekognitionService.DetectLabels"}, "rekognition"},
      {{.amz_target = "AmazonSSM.GetParameter"}, "ssm"},
      {{.amz_target = "secretsmanager.GetSecretValue"}, "secretsmanager"},
      {{.amz_target = "AmazonSQS.SendMessage"}, "sqs"},
      {{.amz_target = "AWSEvents.PutEvents"}, "events"},
      {{.amz_target = "GraniteServiceVersion20100801.PutMetricData"}, "monitoring"},
      {{.authorization = signed_for("kinesis"), .amz_target = "Kinesis_20131202.PutRecord"}, ""},
      {{.target = "/2015-03-31/functions/f/invocations"}, "lambda"},
      {{.target = "/2015-03-31/functions/f/invocations", .authorization = signed_for("lambda")}, "lambda"},
      {{.target =
            "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key%2F20261130%2Fus-east-1%2Fs3%2Faws4_request"},
       "s3"},
      {{.target = "/b/k?AWSAccessKeyId=key&Signature=c2ln&Expires=1"}, "s3"},
      {{.target = "/b/k?AWSAccessKeyId=key"}, ""},
      {{.host = "pics.localhost"}, "s3"},
      {{.host = "pics.s3.localhost:8083"}, "s3"},
      {{.host = "s3.localhost"}, "s3"},
      {{.host = "dynamodb.eu-west-1.localhost"}, "dynamodb"},
      {{.host = "127.0.0.1:8083"}, ""},
      {{.host = "[::1]:8083"}, ""},
  };
  for (const auto& [asked, service] : cases) {
    EXPECT_EQ(to_text(service_of(request_of(asked), {})), service)
        << asked.host << " " << asked.target << " " << asked.authorization << " " << asked.amz_target;
  }
}

TEST(ServiceName, AScopeHasKeyRegionAndPlace) {
  const auto scope = credential_scope(request_of({.authorization = signed_for("s3")}));
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->access_key, "key");
  EXPECT_EQ(scope->region, "eu-west-1");
  EXPECT_FALSE(scope->in_query);
  const auto presigned = credential_scope(
      request_of({.target = "/b/k?X-Amz-Credential=a%2Fb%2F20261130%2Feu-north-1%2Fs3%2Faws4_request"}));
  ASSERT_TRUE(presigned);
  EXPECT_EQ(presigned->access_key, "a/b");
  EXPECT_EQ(presigned->region, "eu-north-1");
  EXPECT_TRUE(presigned->in_query);
}

TEST(ServiceName, AHostNamesABucketBeforeAKnownName) {
  const std::vector<std::string> hosts{"box.example:8083", "s3.box.example", "10.0.0.1"};
  const struct {
    std::string_view host;
    std::string_view bucket;
  } cases[] = {
      {"localhost", ""},
      {"pics.localhost", "pics"},
      {"PICS.localhost:8083", "pics"},
      {"my.pics.localhost", "my.pics"},
      {"pics.s3.localhost", "pics"},
      {"pics.s3.eu-west-1.localhost", "pics"},
      {"my.pics.s3-eu-west-1.localhost", "my.pics"},
      {"s3.eu-west-1.localhost", ""},
      {"box.example", ""},
      {"pics.box.example", "pics"},
      {"s3.box.example", ""},
      {"pics.s3.box.example", "pics"},
      {"other.example", ""},
      {"127.0.0.1", ""},
      {"localhost.other.example", ""},
  };
  for (const auto& [host, bucket] : cases) EXPECT_EQ(read_host(host, hosts).bucket, bucket) << host;
}

class RestOfPaths : public testing::Test {
 protected:
  RestOfPaths() {
    router_.add({"GET", "/health"});
    router_.add({"POST", "/resize"});
    router_.add_rest([this](const Request&) { return claim_; }, {{"GET", "/{path...}"}, {"PUT", "/{path...}"}});
  }
  /// Pattern of the route, or the status of the refusal.
  std::string found(const std::string& method, const std::string& path) {
    const auto found = router_.find(request_of({.target = path}, method));
    if (const auto* match = std::get_if<Router::Match>(&found)) return match->route->pattern;
    return std::to_string(std::get<Response>(found).status);
  }

  Claim claim_ = Claim::Nothing;
  Router router_;
};

TEST_F(RestOfPaths, ANothingOfAClaimLeavesThemUnanswered) {
  EXPECT_EQ(found("GET", "/health"), "/health");
  EXPECT_EQ(found("GET", "/uploads/a"), "404");
}

TEST_F(RestOfPaths, AServiceGetsWhatNoRouteMatches) {
  claim_ = Claim::Unmatched;
  EXPECT_EQ(found("GET", "/health"), "/health");
  EXPECT_EQ(found("GET", "/resize"), "405");
  EXPECT_EQ(found("GET", "/uploads/a"), "/{path...}");
  EXPECT_EQ(found("PUT", "/uploads"), "/{path...}");
  EXPECT_EQ(found("PATCH", "/uploads"), "405");
}

TEST_F(RestOfPaths, AServiceGetsWhatIsMeantForItBeforeAnyRoute) {
  claim_ = Claim::Whole;
  EXPECT_EQ(found("GET", "/health"), "/{path...}");
  EXPECT_EQ(found("GET", "/"), "/{path...}");
  EXPECT_EQ(found("POST", "/resize"), "405");
}

}  // namespace
}  // namespace stepd::api::test
