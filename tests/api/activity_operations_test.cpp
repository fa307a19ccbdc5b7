// The operations on activities and tasks: what reaches the engine, what is answered, and clients that leave.
#include "api/api_fixture.h"

#include <condition_variable>

namespace stepd::api::test {
namespace {

using run::RefusalCode;

const std::string kActivity = "arn:aws:states:us-east-1:123456789012:activity:sort";

class Activities : public Api {
 protected:
  void SetUp() override {
    reader.activity_list = {{kActivity, "sort", R"({"type":"AWS_OWNED_KEY"})", kNow},
                            {kActivity + "-2", "sort-2", R"({"type":"AWS_OWNED_KEY"})", kNow}};
  }
  void expect_violation(const std::string& operation, const Json& arguments, const std::string& words) {
    expect_error(call(operation, arguments), "ValidationException", "1 validation error detected: " + words);
  }
};

TEST_F(Activities, CreatePassesEverythingOn) {
  run::CreateActivity seen;
  gateway.on_create_activity = [&](run::CreateActivity request, const auto& reply) {
    seen = std::move(request);
    reply(run::CreatedActivity{kActivity, kNow});
  };
  const auto answer =
      call("CreateActivity", Json{{"name", "sort"}, {"tags", {{{"key", "team"}, {"value", "images"}}}}});
  EXPECT_EQ(answer.body, R"({"activityArn":")" + kActivity + R"(","creationDate":1763712345.678})");
  EXPECT_EQ(seen.name, "sort");
  EXPECT_EQ(seen.configuration, R"({"type":"AWS_OWNED_KEY"})");
  EXPECT_EQ(seen.tags, (std::vector<storage::Tag>{{"team", "images"}}));
  expect_violation("CreateActivity", Json::object(),
                   "Value null at 'name' failed to satisfy constraint: Member must not be null");
  expect_error(call("CreateActivity",
                    Json{{"name", "sort"}, {"encryptionConfiguration", {{"type", "CUSTOMER_MANAGED_KMS_KEY"}}}}),
               "InvalidEncryptionConfiguration",
               "Invalid Encryption Configuration: CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId.");
}

TEST_F(Activities, DescribeListAndDeleteKnowThem) {
  EXPECT_EQ(call("DescribeActivity", Json{{"activityArn", kActivity}}).body,
            R"({"activityArn":")" + kActivity +
                R"(","name":"sort","creationDate":1763712345.678,"encryptionConfiguration":{"type":"AWS_OWNED_KEY"}})");
  expect_error(call("DescribeActivity", Json{{"activityArn", kActivity + "-3"}}), "ActivityDoesNotExist",
               "Activity Does Not Exist: '" + kActivity + "-3'");
  expect_error(call("DescribeActivity", Json{{"activityArn", kMachineArn}}), "InvalidArn",
               "Invalid Arn: 'Resource type not valid in this context: stateMachine'");
  const auto first = call("ListActivities", Json{{"maxResults", 1}}).json();
  ASSERT_EQ(first["activities"].size(), 1u);
  EXPECT_EQ(first["activities"][0],
            (Json{{"activityArn", kActivity}, {"name", "sort"}, {"creationDate", kNowSeconds}}));
  const auto second = call("ListActivities", Json{{"nextToken", first["nextToken"]}}).json();
  EXPECT_EQ(second["activities"][0]["name"], "sort-2");
  EXPECT_FALSE(second.contains("nextToken"));
  expect_error(call("ListActivities", Json{{"nextToken", "none"}}), "InvalidToken", "Invalid Token: 'Invalid token'");
  gateway.on_delete_activity = [](const std::string&, const auto& reply) { reply(std::monostate()); };
  EXPECT_EQ(call("DeleteActivity", Json{{"activityArn", kActivity}}).body, "{}");
}

TEST_F(Activities, HaveTags) {
  reader.tag_list = {{"team", "images"}};
  EXPECT_EQ(call("ListTagsForResource", Json{{"resourceArn", kActivity}}).body,
            R"({"tags":[{"key":"team","value":"images"}]})");
  expect_error(call("ListTagsForResource", Json{{"resourceArn", kActivity + "-3"}}), "ResourceNotFound",
               "Resource not found: '" + kActivity + "-3'");
}

TEST_F(Activities, AWorkerGetsATask) {
  run::PollActivity seen;
  gateway.on_poll = [&](run::PollActivity request, const auto& reply) {
    seen = std::move(request);
    reply(run::ActivityTask{"t0ken", Payload(Json{{"a", 1}}), [] { ADD_FAILURE() << "it was told"; }});
    return [] {};
  };
  const auto answer = call("GetActivityTask", Json{{"activityArn", kActivity}, {"workerName", "w"}});
  EXPECT_EQ(answer.body, R"({"taskToken":"t0ken","input":"{\"a\":1}"})");
  EXPECT_EQ(seen.activity_arn, kActivity);
  EXPECT_EQ(seen.worker, "w");
  expect_error(call("GetActivityTask", Json{{"activityArn", "no_an_activity_arn"}}), "InvalidArn",
               "Invalid Arn: 'Invalid ARN prefix: no_an_activity_arn'");
}

TEST_F(Activities, AWorkerThatComesInVainGetsANullToken) {
  gateway.on_poll = [](const auto&, const auto& reply) {
    reply(run::ActivityTask{});
    return [] {};
  };
  EXPECT_EQ(call("GetActivityTask", Json{{"activityArn", kActivity}}).body, R"({"taskToken":null})");
}

/// What a poll has told the engine, and the engine's answer.
struct Desk {
  std::mutex mutex;
  std::condition_variable news;
  std::optional<run::Reply<run::ActivityTask>> waiting;
  bool left = false;
  bool lost = false;

  template <class Condition>
  bool await(Condition condition) {
    std::unique_lock lock(mutex);
    return news.wait_for(lock, std::chrono::seconds(30), condition);
  }
  void note(bool Desk::*what) {
    const std::lock_guard lock(mutex);
    this->*what = true;
    news.notify_all();
  }
  auto poll() {
    return [this](const auto&, run::Reply<run::ActivityTask> reply) {
      const std::lock_guard lock(mutex);
      waiting = std::move(reply);
      news.notify_all();
      return [this] { note(&Desk::left); };
    };
  }
  run::ActivityTask task() {
    return {"t0ken", Payload(), [this] { note(&Desk::lost); }};
  }
};

std::string poll_request() {
  const std::string body = Json{{"activityArn", kActivity}}.dump();
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
         "X-Amz-Target: AWSStepFunctions.GetActivityTask\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(Activities, AWorkerThatHangsUpLeavesTheQueue) {
  Desk desk;
  gateway.on_poll = desk.poll();
  {
    Socket client(server().port());
    client.send(poll_request());
    ASSERT_TRUE(desk.await([&] { return desk.waiting.has_value(); }));
    EXPECT_FALSE(desk.left);
  }
  EXPECT_TRUE(desk.await([&] { return desk.left; }));
  (*desk.waiting)(desk.task());
  EXPECT_TRUE(desk.await([&] { return desk.lost; })) << "the answer has nobody to go to";
}

TEST_F(Activities, WhatAWaitingClientSendsMeanwhileIsItsNextRequest) {
  Desk desk;
  gateway.on_poll = desk.poll();
  Socket client(server().port());
  client.send(poll_request() + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(desk.await([&] { return desk.waiting.has_value(); }));
  (*desk.waiting)(desk.task());
  EXPECT_NE(client.read_answer().body.find("t0ken"), std::string::npos);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_FALSE(desk.left);
  EXPECT_FALSE(desk.lost);
}

TEST_F(Activities, AnswersOfTasksPassThrough) {
  std::vector<run::AnswerTask> seen;
  gateway.on_answer = [&](run::AnswerTask request, const auto& reply) {
    seen.push_back(std::move(request));
    reply(std::monostate());
  };
  EXPECT_EQ(call("SendTaskSuccess", Json{{"taskToken", "t"}, {"output", "[1]"}}).body, "{}");
  EXPECT_EQ(call("SendTaskFailure", Json{{"taskToken", "t"}, {"error", "E"}, {"cause", "c"}}).body, "{}");
  EXPECT_EQ(call("SendTaskFailure", Json{{"taskToken", "t"}}).body, "{}");
  EXPECT_EQ(call("SendTaskHeartbeat", Json{{"taskToken", "t"}}).body, "{}");
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(std::get<run::AnswerTask::Success>(seen[0].answer).output, "[1]");
  EXPECT_EQ(std::get<core::Failure>(seen[1].answer), (core::Failure{"E", "c"}));
  EXPECT_EQ(std::get<core::Failure>(seen[2].answer), core::Failure());
  EXPECT_TRUE(std::holds_alternative<run::AnswerTask::Heartbeat>(seen[3].answer));
  expect_violation("SendTaskSuccess", Json{{"taskToken", "t"}},
                   "Value null at 'output' failed to satisfy constraint: Member must not be null");
  expect_violation(
      "SendTaskHeartbeat", Json{{"taskToken", std::string(2049, 't')}},
      "Value at 'taskToken' failed to satisfy constraint: Member must have length less than or equal to 2048");
}

TEST_F(Activities, WhatTheEngineRefusesHasAwsNames) {
  const std::vector<std::pair<RefusalCode, std::string>> names{{RefusalCode::InvalidToken, "InvalidToken"},
                                                               {RefusalCode::InvalidOutput, "InvalidOutput"},
                                                               {RefusalCode::TaskDoesNotExist, "TaskDoesNotExist"},
                                                               {RefusalCode::TaskTimedOut, "TaskTimedOut"}};
  for (const auto& [code, name] : names) {
    gateway.on_answer = [refused = code](const auto&, const auto& reply) { reply(run::Refusal{refused, "why"}); };
    expect_error(call("SendTaskHeartbeat", Json{{"taskToken", "t"}}), name, "why");
  }
  gateway.on_poll = [](const auto&, const auto& reply) {
    reply(run::Refusal{RefusalCode::ActivityWorkerLimitExceeded, "too many"});
    return [] {};
  };
  expect_error(call("GetActivityTask", Json{{"activityArn", kActivity}}), "ActivityWorkerLimitExceeded", "too many");
}

}  // namespace
}  // namespace stepd::api::test
