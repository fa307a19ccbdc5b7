// SNS over the query protocol: what is published, and every refusal in SNS's words.
#include "api/api_fixture.h"
#include "api/aws/fifo_memory.h"
#include "base/encoding.h"

namespace stepd::api::test {
namespace {

const std::string kNews = "arn:aws:sns:us-east-1:123456789012:news";

class Sns : public Api {
 protected:
  void SetUp() override {
    doors.topics = {{"news", false, {{"hook", "https", "https://example.org"}, {"f", "lambda", "arn:f"}}},
                    {"order.fifo", false, {}},
                    {"self.fifo", true, {}}};
    doors.fifo = &fifo_;
    gateway.on_service = [this](run::CallService request, const run::Reply<run::CalledService>& reply) {
      calls.push_back(request);
      if (failure) return reply(run::CalledService{*failure});
      reply(run::CalledService{Payload(Json{{"MessageId", "id-" + std::to_string(calls.size())}})});
    };
  }
  Answer publish(const std::string& members) {
    return call_form("sns", "Action=Publish&Version=2010-03-31&" + members);
  }
  Answer publish_batch(const std::string& members) {
    return call_form("sns", "Action=PublishBatch&Version=2010-03-31&" + members);
  }
  static std::string to(const std::string& topic) { return "TopicArn=arn:aws:sns:us-east-1:123456789012:" + topic; }

  std::vector<run::CallService> calls;
  std::optional<AslError> failure;

 private:
  FifoMemory fifo_;
};

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const auto at = text.find(open);
  if (at == std::string::npos) return "(none)";
  const auto begin = at + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

TEST_F(Sns, PublishGivesTheIntegrationWhatItTakes) {
  const auto answer =
      publish(to("news") +
              "&Message=hello+%E2%82%AC&Subject=Hi&MessageAttributes.entry.1.Name=a"
              "&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=x"
              "&MessageAttributes.entry.2.Name=b&MessageAttributes.entry.2.Value.DataType=Binary"
              "&MessageAttributes.entry.2.Value.BinaryValue=AQI%3D");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.field("Content-Type"), "text/xml");
  EXPECT_TRUE(
      answer.body.starts_with("<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>"
                              "<MessageId>id-1</MessageId></PublishResult><ResponseMetadata><RequestId>"))
      << answer.body;
  EXPECT_EQ(between(answer.body, "<RequestId>", "<"), answer.field("x-amzn-RequestId"));
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].service + ":" + calls[0].action, "sns:publish");
  EXPECT_EQ(calls[0].parameters.json(), (Json{{"TopicArn", kNews},
                                              {"Message", "hello €"},
                                              {"Subject", "Hi"},
                                              {"MessageAttributes",
                                               {{"a", {{"DataType", "String"}, {"StringValue", "x"}}},
                                                {"b", {{"DataType", "Binary"}, {"BinaryValue", "AQI="}}}}}}));
}

TEST_F(Sns, RefusalsHaveSnssCodesAndWords) {
  struct Case {
    std::string members, code, message;
    int status = 400;
  };
  const std::string attribute = "&Message=m&MessageAttributes.entry.1.Name=x&MessageAttributes.entry.1.Value.";
  const std::vector<Case> cases = {
      {"TopicArn=abc&Message=m", "InvalidParameter",
       "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"},
      {"TopicArn=arn:aws:sns:eu-west-1:123456789012:news&Message=m", "InvalidParameter", "Invalid parameter: TopicArn"},
      {to("none") + "&Message=m", "NotFound", "Topic does not exist", 404},
      {"TargetArn=arn:aws:sns:us-east-1:123456789012:none&Message=m", "InvalidParameter",
       "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"},
      {"Message=m", "InvalidParameter",
       "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"},
      {to("news"), "InvalidParameter", "Invalid parameter: Empty message"},
      {to("news") + "&Message=m&Subject=", "InvalidParameter", "Invalid parameter: Subject"},
      {to("news") + "&Message=m&Subject=a%0Ab", "InvalidParameter", "Invalid parameter: Subject"},
      {to("news") + "&Message=m&Subject=" + std::string(101, 's'), "InvalidParameter", "Invalid parameter: Subject"},
      {to("news") + "&Message=" + std::string(262'145, 'm'), "InvalidParameter", "Invalid parameter: Message too long"},
      {to("news") + "&MessageStructure=json&Message=x", "InvalidParameter",
       "Invalid parameter: Message Structure - JSON message body failed to parse"},
      {to("news") + "&MessageStructure=json&Message=%7B%22http%22%3A%22x%22%7D", "InvalidParameter",
       "Invalid parameter: Message Structure - No default entry in JSON message body"},
      {to("news") + "&MessageStructure=json&Message=%7B%22default%22%3A1%7D", "InvalidParameter",
       "Invalid parameter: Message Structure - No default entry in JSON message body"},
      {to("news") + attribute + "DataType=String&MessageAttributes.entry.1.Value.StringValue=", "ParameterValueInvalid",
       "The message attribute 'x' must contain non-empty message attribute value for message attribute type 'String'."},
      {to("news") + attribute + "DataType=Number&MessageAttributes.entry.1.Value.BinaryValue=AQ%3D%3D",
       "ParameterValueInvalid", "The message attribute 'x' with type 'Number' must use field 'String'."},
      {to("news") + attribute + "DataType=Text&MessageAttributes.entry.1.Value.StringValue=a", "ParameterValueInvalid",
       "The message attribute 'x' has an invalid message attribute type, the set of supported type prefixes is Binary, "
       "Number, and String."},
      {to("news") + "&Message=m&MessageDeduplicationId=d", "InvalidParameter",
       "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
       "is "
       "not valid for this topic type"},
      {to("order.fifo") + "&Message=m&MessageDeduplicationId=d", "InvalidParameter",
       "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"},
      {to("order.fifo") + "&Message=m&MessageGroupId=g", "InvalidParameter",
       "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
       "provided explicitly"},
      {"PhoneNumber=%2B123&Message=m", "NotImplemented",
       "stepd sends no text messages to phones. Publish to a topic under topics:.", 501},
  };
  for (const auto& each : cases) {
    const auto answer = publish(each.members);
    EXPECT_EQ(answer.status, each.status) << each.members.substr(0, 200) << answer.body;
    EXPECT_EQ(between(answer.body, "<Code>", "<"), each.code);
    auto message = between(answer.body, "<Message>", "<");
    EXPECT_EQ(message, each.message);
  }
  EXPECT_TRUE(calls.empty());
}

TEST_F(Sns, AttributeNamesHaveRules) {
  for (const std::string& name : {std::string("a.b-c_9"), std::string(256, 'a')}) {
    EXPECT_EQ(publish(to("news") +
                      "&Message=m&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1."
                      "Value.StringValue=v&MessageAttributes.entry.1.Name=" +
                      name)
                  .status,
              200)
        << name;
  }
  for (const std::string& name :
       {std::string(".a"), std::string("a."), std::string("a..b"), std::string("a%20b"), std::string(257, 'a')}) {
    const auto answer = publish(to("news") +
                                "&Message=m&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes."
                                "entry.1.Value.StringValue=v&MessageAttributes.entry.1.Name=" +
                                name);
    EXPECT_EQ(between(answer.body, "<Code>", "<"), "ParameterValueInvalid") << name;
  }
}

TEST_F(Sns, WhatTheIntegrationRefusesIsToldAsSnsTellsIt) {
  failure = AslError{"SNS.NotFoundException", "Topic does not exist (Service: AmazonSNS; Status Code: 404; ...)"};
  EXPECT_EQ(publish(to("news") + "&Message=m").status, 404);
  failure = AslError{"SNS.Notify.Failed", "the disk is full"};
  const auto answer = publish(to("news") + "&Message=m");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(between(answer.body, "<Code>", "<"), "InternalError");
}

TEST_F(Sns, AFifoTopicPublishesOneMessageOnceInFiveMinutes) {
  const auto first = publish(to("order.fifo") + "&Message=m&MessageGroupId=g&MessageDeduplicationId=d");
  const auto again = publish(to("order.fifo") + "&Message=n&MessageGroupId=g&MessageDeduplicationId=d");
  const auto other = publish(to("order.fifo") + "&Message=m&MessageGroupId=g&MessageDeduplicationId=e");
  const auto self = publish(to("self.fifo") + "&Message=m&MessageGroupId=g");
  const auto self_again = publish(to("self.fifo") + "&Message=m&MessageGroupId=h");
  clock.milliseconds += 300'000;
  publish(to("order.fifo") + "&Message=m&MessageGroupId=g&MessageDeduplicationId=d");
  ASSERT_EQ(calls.size(), 6U);
  EXPECT_EQ(calls[0].attempt, calls[1].attempt);
  EXPECT_NE(calls[0].attempt, calls[2].attempt);
  EXPECT_EQ(calls[3].attempt, calls[4].attempt);
  EXPECT_NE(calls[0].attempt, calls[5].attempt) << "after five minutes it is another message";
  const auto number = between(first.body, "<SequenceNumber>", "<");
  EXPECT_EQ(number.size(), 20U);
  EXPECT_EQ(number, between(again.body, "<SequenceNumber>", "<"));
  EXPECT_LT(number, between(other.body, "<SequenceNumber>", "<"));
}

TEST_F(Sns, ABatchIsPublishedOneByOne) {
  const auto answer =
      publish_batch(to("news") +
                    "&PublishBatchRequestEntries.member.1.Id=a&PublishBatchRequestEntries.member.1.Message=m"
                    "&PublishBatchRequestEntries.member.2.Id=b&PublishBatchRequestEntries.member.2.Message=");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(between(answer.body, "<Successful>", "</Successful>"),
            "<member><Id>a</Id><MessageId>id-1</MessageId></member>");
  EXPECT_EQ(between(answer.body, "<Failed>", "</Failed>"),
            "<member><Id>b</Id><Code>InvalidParameter</Code><Message>Invalid parameter: Empty message</Message>"
            "<SenderFault>true</SenderFault></member>");
}

TEST_F(Sns, ABatchIsRefusedAsAWhole) {
  const auto entry = [](int number, const std::string& id, const std::string& message = "m") {
    const auto member = "&PublishBatchRequestEntries.member." + std::to_string(number);
    return member + ".Id=" + id + member + ".Message=" + message;
  };
  std::string eleven;
  for (int i = 1; i <= 11; ++i) eleven += entry(i, "i" + std::to_string(i));
  const std::string half(140'000, 'x');
  struct Case {
    std::string entries, code, message;
  };
  const std::vector<Case> cases = {
      {"", "EmptyBatchRequest", "The batch request doesn't contain any entries."},
      {eleven, "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."},
      {entry(1, "a") + entry(2, "a"), "BatchEntryIdsNotDistinct",
       "Two or more batch entries in the request have the same Id."},
      {entry(1, "a%20b"), "InvalidBatchEntryId",
       "The Id of a batch entry in the batch request contains an impermissible character: a b"},
      {entry(1, std::string(81, 'a')), "InvalidBatchEntryId",
       "The Id of a batch entry in the batch request is too long: " + std::string(81, 'a')},
      {entry(1, "a", half) + entry(2, "b", half), "BatchRequestTooLong",
       "The length of all the messages put together is more than the limit."},
      {entry(1, "a") + entry(2, "b") + "&PublishBatchRequestEntries.member.2.MessageStructure=json", "InvalidParameter",
       "Invalid parameter: Message Structure - JSON message body failed to parse"},
  };
  for (const auto& each : cases) {
    const auto answer = publish_batch(to("news") + each.entries);
    EXPECT_EQ(answer.status, 400) << answer.body.substr(0, 300);
    EXPECT_EQ(between(answer.body, "<Code>", "<"), each.code);
    EXPECT_EQ(between(answer.body, "<Message>", "<"), each.message);
  }
  EXPECT_TRUE(calls.empty());
}

TEST_F(Sns, TopicsAndSubscriptionsAreThoseOfTheConfiguration) {
  const auto topics = call_form("sns", "Action=ListTopics&Version=2010-03-31");
  EXPECT_EQ(between(topics.body, "<Topics>", "</Topics>"),
            "<member><TopicArn>" + kNews +
                "</TopicArn></member><member><TopicArn>arn:aws:sns:us-east-1:123456789012:order"
                ".fifo</TopicArn></member><member><TopicArn>arn:aws:sns:us-east-1:123456789012:self.fifo</TopicArn></"
                "member>");
  const auto subscriptions = call_form("sns", "Action=ListSubscriptionsByTopic&Version=2010-03-31&" + to("news"));
  EXPECT_NE(subscriptions.body.find("<Protocol>lambda</Protocol><Endpoint>arn:f</Endpoint>"), std::string::npos)
      << subscriptions.body;
  const auto attributes = call_form("sns", "Action=GetTopicAttributes&Version=2010-03-31&" + to("self.fifo"));
  EXPECT_NE(attributes.body.find("<entry><key>ContentBasedDeduplication</key><value>true</value></entry>"),
            std::string::npos)
      << attributes.body;
  EXPECT_EQ(call_form("sns", "Action=CreateTopic&Version=2010-03-31&Name=news").status, 200);
  const auto made = call_form("sns", "Action=CreateTopic&Version=2010-03-31&Name=other");
  EXPECT_EQ(made.status, 501);
  EXPECT_NE(made.body.find("topics:"), std::string::npos) << made.body;
}

TEST_F(Sns, AnOperationThatIsNotServedNamesThoseThatAre) {
  const auto answer = call_form("sns", "Action=DeleteTopic&Version=2010-03-31&" + to("news"));
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("stepd does not serve DeleteTopic of Amazon SNS, only CreateTopic"), std::string::npos)
      << answer.body;
  const auto version = call_form("sns", "Action=Publish&Version=2011-06-15");
  EXPECT_EQ(between(version.body, "<Message>", "<"), "Could not find operation Publish for version 2011-06-15");
  EXPECT_EQ(between(call_form("sns", "Version=2010-03-31").body, "<Code>", "<"), "MissingAction");
}

TEST_F(Sns, AFormIsNotTakenFromAPageOfAnotherSite) {
  // A page may set an address, but not the field Authorization.
  const auto answer = ask("POST", "/?X-Amz-Credential=AKID%2F20261130%2Fus-east-1%2Fsns%2Faws4_request",
                          "Action=Publish&Version=2010-03-31&Message=m&" + to("news"),
                          {"Content-Type: application/x-www-form-urlencoded"});
  EXPECT_EQ(answer.status, 403) << answer.body;
  EXPECT_TRUE(calls.empty());
}

}  // namespace
}  // namespace stepd::api::test
