// Functions as receivers: the event that a topic gives a function, and calls that waited in the outbox.
#include "base/payload.h"
#include "tasks/notify/post.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::test {
namespace {

class FunctionPostTest : public ::testing::Test {
 protected:
  FunctionPostTest() {
    topic_.name = "news";
    topic_.arn = "arn:aws:sns:us-east-1:123456789012:news";
    for (const char* name : {"one", "two"}) {
      auto& subscriber = topic_.subscribers.emplace_back();
      subscriber.name = name;
      subscriber.target = tasks::FunctionTarget{"thumbnail"};
    }
  }
  tasks::FunctionCaller caller() {
    return [this](tasks::FunctionCall call, std::function<void(Verdict)> done) {
      calls_.push_back(std::move(call));
      done({verdict_, "why"});
    };
  }
  Verdict::Kind send(std::size_t subscriber, const std::string& record, const std::string& id = "m1") {
    std::optional<Verdict> got;
    const auto post = tasks::make_function_post(topic_, topic_.subscribers[subscriber], caller());
    post->send(id, record, [&](Verdict verdict) { got = std::move(verdict); });
    return got.value().kind;
  }

  tasks::Topic topic_;
  std::vector<tasks::FunctionCall> calls_;
  Verdict::Kind verdict_ = Verdict::Kind::Delivered;
};

TEST_F(FunctionPostTest, AFunctionGetsSnssEventForLambda) {
  EXPECT_EQ(
      send(0, R"({"messageId":"m1","topic":"news","time":"2026-11-30T05:00:00.000Z","subject":"S","text":"hello",)"
              R"("message":"hello","attributes":{"n":{"DataType":"Number","StringValue":"3"}}})"),
      Verdict::Kind::Delivered);
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_[0].function, "thumbnail");
  EXPECT_EQ(calls_[0].payload,
            R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0",)"
            R"("EventSubscriptionArn":"arn:aws:sns:us-east-1:123456789012:news:one","Sns":{"Type":"Notification",)"
            R"("MessageId":"m1","TopicArn":"arn:aws:sns:us-east-1:123456789012:news","Subject":"S","Message":"hello",)"
            R"("Timestamp":"2026-11-30T05:00:00.000Z","SignatureVersion":"1","Signature":"","SigningCertUrl":"",)"
            R"("UnsubscribeUrl":"","MessageAttributes":{"n":{"Type":"Number","Value":"3"}}}}]})");
}

TEST_F(FunctionPostTest, ItReadsItsOwnTextAndHasNoSubjectWhereThereIsNone) {
  send(0, R"({"messageId":"m1","text":"all","messageStructure":"json","message":{"default":"all","lambda":"mine"}})");
  const auto sns = parse_json(calls_.at(0).payload).value()["Records"][0]["Sns"];
  EXPECT_EQ(sns["Message"], "mine");
  EXPECT_TRUE(sns["Subject"].is_null());
}

TEST_F(FunctionPostTest, EachSubscriberHasARequestIdOfItsOwnInAllAttempts) {
  for (const std::size_t subscriber : {0, 1, 0}) send(subscriber, R"({"messageId":"m1","text":"x"})");
  EXPECT_EQ(calls_[0].request_id.size(), 36U);
  EXPECT_EQ(calls_[0].request_id, calls_[2].request_id);
  EXPECT_NE(calls_[0].request_id, calls_[1].request_id);
}

TEST_F(FunctionPostTest, WhatTheCallerSaysIsTheVerdict) {
  verdict_ = Verdict::Kind::Again;
  EXPECT_EQ(send(0, R"({"messageId":"m1","text":"x"})"), Verdict::Kind::Again);
  EXPECT_EQ(send(0, "{"), Verdict::Kind::Refused);
}

TEST_F(FunctionPostTest, WhatIsToldCountsAsAnEchoOfWhatPublished) {
  send(0, R"({"messageId":"m1","text":"x","stepd:lineage":{"depth":4,"echoes":2}})");
  EXPECT_EQ(calls_.at(0).lineage, (Lineage{5, 3}));
  EXPECT_EQ(calls_.at(0).payload.find("stepd:lineage"), std::string::npos);
}

TEST_F(FunctionPostTest, ACallKeepsItsLineageInTheOutbox) {
  tasks::FunctionCall call{"f", "{}", "r1"};
  call.lineage = {4, 2};
  const auto record = tasks::record_of(call, "function/f", Instant{});
  tasks::make_call_post(caller())->send("r1", record.body, [](const Verdict&) {});
  EXPECT_EQ(calls_.at(0).lineage, (Lineage{4, 2}));
}

TEST_F(FunctionPostTest, ACallWaitsInTheOutboxAsItWasMade) {
  const auto record = tasks::record_of({"f", R"({"a":1})", "r1", "prod", "e30="}, "function/f", Instant{});
  EXPECT_EQ(record.id, "r1");
  EXPECT_EQ(record.destination, "function/f");
  std::optional<Verdict> got;
  tasks::make_call_post(caller())->send("r1", record.body, [&](Verdict verdict) { got = std::move(verdict); });
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(
      calls_[0].function + calls_[0].payload + calls_[0].request_id + calls_[0].qualifier + calls_[0].client_context,
      R"(f{"a":1}r1prode30=)");
  EXPECT_EQ(got.value().kind, Verdict::Kind::Delivered);
}

}  // namespace
}  // namespace stepd::test
