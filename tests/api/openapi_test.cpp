// What the server says of its own routes.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

class OpenApi : public Api {
 protected:
  Json paths() { return ask("GET", "/openapi.json").json().at("paths"); }
};

TEST_F(OpenApi, EveryRouteIsThereWithASummary) {
  routes.starts = {{"/resize", kMachineArn, {}, {}}};
  routes.items = {{"/images/{bucket}/{key...}/status", "images", "{bucket}/{key}", {}, true}};
  routes.functions = {{"POST", "/label", "labels", "123456789012", false, false}};
  const auto described = paths();
  for (const auto* expected : {"/", "/health", "/livez", "/readyz", "/resize", "/images/{bucket}/{key}/status",
                               "/label", "/buckets/{bucket}", "/buckets/{bucket}/{key}", "/2015-03-31/functions",
                               "/2015-03-31/functions/{name}", "/2015-03-31/functions/{name}/configuration",
                               "/2015-03-31/functions/{name}/invocations", "/executions/{arn}/wait", "/openapi.json"}) {
    ASSERT_TRUE(described.contains(expected)) << expected << described;
    for (const auto& [method, operation] : described[expected].items()) {
      EXPECT_FALSE(operation.at("summary").get<std::string>().empty()) << method << " " << expected;
      EXPECT_TRUE(operation.at("responses").contains("default")) << method << " " << expected;
    }
  }
  EXPECT_EQ(described.size(), 15U) << described;
  EXPECT_EQ(described["/buckets/{bucket}/{key}"].size(), 4U);
}

TEST_F(OpenApi, CapturesAreParameters) {
  const auto parameters = paths().at("/buckets/{bucket}/{key}").at("delete").at("parameters");
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0]["name"], "bucket");
  EXPECT_EQ(parameters[1]["name"], "key");
  EXPECT_EQ(parameters[1]["in"], "path");
  EXPECT_EQ(parameters[1]["required"], true);
}

TEST_F(OpenApi, ConstraintsOfAStartRouteAreItsBodysSchema) {
  routes.starts = {{"/resize", kMachineArn, {"bucket", "key"}, {{"bucket", {"uploads", "more"}}}}};
  const auto operation = paths().at("/resize").at("post");
  EXPECT_NE(operation.at("summary").get<std::string>().find(kMachineArn), std::string::npos);
  const auto schema = operation.at("requestBody").at("content").at("application/json").at("schema");
  EXPECT_EQ(schema.at("required"), (Json{"bucket", "key"}));
  EXPECT_EQ(schema.at("properties").at("bucket").at("enum"), (Json{"uploads", "more"}));
}

TEST_F(OpenApi, TheAwsRouteNamesItsOperations) {
  const auto target = paths().at("/").at("post").at("parameters").at(0);
  EXPECT_EQ(target["name"], "X-Amz-Target");
  const auto names = target["schema"]["enum"].get<std::vector<std::string>>();
  EXPECT_NE(std::find(names.begin(), names.end(), "AWSStepFunctions.StartExecution"), names.end());
}

}  // namespace
}  // namespace stepd::api::test
