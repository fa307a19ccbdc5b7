// GET /executions/{arn}/wait: what it takes, and what it answers.
#include "api/api_fixture.h"

namespace stepd::api::test {
namespace {

class WaitRoute : public Api {
 protected:
  WaitRoute() {
    gateway.on_await = [this](run::AwaitEnd request, const run::Reply<storage::ExecutionRecord>& reply) {
      asked.push_back(std::move(request));
      reply(answer);
      return [] {};
    };
  }
  Answer wait(const std::string& query = "") { return ask("GET", "/executions/" + kExecutionArn + "/wait" + query); }

  run::Answer<storage::ExecutionRecord> answer = execution(1, storage::ExecutionStatus::Succeeded);
  std::vector<run::AwaitEnd> asked;
};

TEST_F(WaitRoute, ShowsTheEnd) {
  answer->stopped_at = kNow;
  answer->output = R"({"a":1})";
  const auto given = wait();
  EXPECT_EQ(given.status, 200);
  EXPECT_EQ(given.json()["status"], "SUCCEEDED");
  EXPECT_EQ(given.json()["executionArn"], answer->arn);
  EXPECT_EQ(given.json()["stopDate"], kNowSeconds);
  EXPECT_EQ(given.json()["output"], R"({"a":1})");
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].execution_arn, kExecutionArn);
  EXPECT_EQ(asked[0].most, std::chrono::seconds(60));
}

TEST_F(WaitRoute, WaitsAsLongAsItIsTold) {
  EXPECT_EQ(wait("?timeout=0").status, 200);
  EXPECT_EQ(wait("?timeout=300").status, 200);
  EXPECT_EQ(asked.back().most, std::chrono::seconds(300));
  for (const auto* wrong : {"301", "-1", "x", "1s", "", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(wait(std::string("?timeout=") + wrong).status, 400) << wrong;
  }
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(WaitRoute, RefusesWhatIsNoStandardExecution) {
  for (const auto& arn :
       {std::string("x"), kMachineArn, std::string("arn:aws:states:us-east-1:123456789012:express:greet:one:6f9a")}) {
    EXPECT_EQ(ask("GET", "/executions/" + arn + "/wait").status, 400) << arn;
  }
  answer = run::Refusal{run::RefusalCode::ExecutionDoesNotExist, "not here"};
  EXPECT_EQ(wait().status, 404);
  answer = run::Refusal{run::RefusalCode::ServiceUnavailable, "ending"};
  EXPECT_EQ(wait().status, 503);
}

}  // namespace
}  // namespace stepd::api::test
