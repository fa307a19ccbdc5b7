// Rules that hear of executions: what they start and tell, and that they come to an end.
#include "triggers/execution_rules.h"
#include "triggers/trigger_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

using test::json;
using test::RememberingGateway;
using testing::MatchesRegex;

constexpr auto kAny = R"({"source":["aws.states"]})";

Json event_of(const std::string& name, const std::string& status = "FAILED") {
  const std::string arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
  return Json{{"source", "aws.states"},
              {"detail-type", "Step Functions Execution Status Change"},
              {"detail", Json{{"executionArn", arn},
                              {"stateMachineArn", "arn:aws:states:us-east-1:123456789012:stateMachine:m"},
                              {"name", name},
                              {"status", status},
                              {"input", "{}"}}}};
}

EventRule rule(const std::string& name, const std::string& pattern, const std::string& topic = "") {
  asl::Diagnostics faults;
  EventRule made{name, Pattern::compile(json(pattern), "", faults), topic.empty() ? "arn:target" : "",
                 EventRule::Whole{}};
  made.topic = topic;
  EXPECT_TRUE(faults.empty());
  return made;
}

class ExecutionRulesTest : public testing::Test {
 protected:
  /// Deals with the events, all of them.
  void hear(std::vector<EventRule> rules, const std::vector<Json>& events) {
    ExecutionRules heard(std::move(rules), [this](const RuleMessage& message) {
      messages.push_back(message);
      return Result<void>();
    });
    heard.open(gateway);
    for (const auto& event : events) heard.raise(event);
    heard.close();
  }
  std::string only_started() const {
    const auto started = gateway.started();
    EXPECT_EQ(started.size(), 1u);
    return started.empty() ? "" : started.begin()->first;
  }

  RememberingGateway gateway;
  std::vector<RuleMessage> messages;
};

TEST_F(ExecutionRulesTest, AMatchingEventStartsAnExecutionOnce) {
  const auto failed = rule("on failure!", R"({"source":["aws.states"],"detail":{"status":["FAILED","TIMED_OUT"]}})");
  hear({failed}, {event_of("one"), event_of("one"), event_of("two", "SUCCEEDED")});
  EXPECT_THAT(only_started(), MatchesRegex("on-failure-\\.1\\.[0-9a-f]{40}"));
  EXPECT_EQ(json(gateway.started().begin()->second), event_of("one"));
  hear({failed}, {event_of("one", "TIMED_OUT")});
  EXPECT_EQ(gateway.started().size(), 2u) << "another status is another event";
}

TEST_F(ExecutionRulesTest, ATopicIsToldOfIt) {
  hear({rule("mail", R"({"detail":{"status":["FAILED"]}})", "alerts")},
       {event_of("one"), event_of("one"), event_of("two")});
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].topic, "alerts");
  EXPECT_EQ(messages[0].subject, "m FAILED");
  EXPECT_EQ(messages[0].message.json(), event_of("one"));
  EXPECT_EQ(messages[0].id, messages[1].id);
  EXPECT_NE(messages[0].id, messages[2].id);
  EXPECT_TRUE(gateway.started().empty());
}

TEST_F(ExecutionRulesTest, ARuleThatSetsItselfOffComesToAnEnd) {
  const auto any = rule("any", kAny);
  std::string name = "first";
  unsigned rounds = 0;
  for (; rounds < 100; ++rounds) {
    const auto before = gateway.started();
    hear({any}, {event_of(name)});
    const auto after = gateway.started();
    if (after.size() == before.size()) break;
    for (const auto& [started, input] : after) {
      if (!before.contains(started)) name = started;
    }
  }
  EXPECT_EQ(rounds, kChainMax);
}

TEST_F(ExecutionRulesTest, ANameThatOnlyLooksSoIsTheFirstOfItsChain) {
  const std::string digest(40, 'a');
  const std::vector<std::string> names{
      "a.b",           ".8." + digest,           "8." + digest, "x.8a." + digest, "x.8." + digest + "a",
      "x-8-" + digest, "x.99999999999." + digest};
  for (const auto& name : names) hear({rule("r", kAny)}, {event_of(name)});
  std::size_t firsts = 0;
  for (const auto& [started, input] : gateway.started()) firsts += started.find("r.1.") == 0 ? 1u : 0u;
  EXPECT_EQ(firsts, names.size() - 1) << "all but the one of an empty rule's name";
}

TEST_F(ExecutionRulesTest, WhatCannotBeMadeOrStartedHarmsNoOther) {
  auto lost = rule("lost", kAny);
  lost.input = *asl::Path::parse("$.no.where");
  gateway.refuse(run::RefusalCode::StateMachineDoesNotExist, 1);
  hear({lost, rule("a", kAny), rule("b", kAny)}, {event_of("one")});
  EXPECT_EQ(gateway.asked(), 2);
  EXPECT_EQ(gateway.started().size(), 1u);
}

TEST(HearsExecutions, IsSaidByAPatternsSource) {
  EXPECT_TRUE(hears_executions(json(R"({"source":["aws.states"]})")));
  EXPECT_TRUE(hears_executions(json(R"({"detail":{"status":["FAILED"]}})")));
  EXPECT_TRUE(hears_executions(json(R"({"source":[{"prefix":"aws."}]})")));
  EXPECT_FALSE(hears_executions(json(R"({"source":["aws.s3"]})")));
  EXPECT_FALSE(hears_executions(json(R"({"detail-type":["Object Created"]})")));
  EXPECT_FALSE(hears_executions(json(R"({"source":["aws.states"],"detail-type":["Object Created"]})")));
}

}  // namespace
}  // namespace stepd::triggers
