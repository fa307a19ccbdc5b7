// Rules that hear of executions: what they start and tell, and that they come to an end.
#include "triggers/execution_rules.h"
#include "triggers/trigger_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

using test::json;
using test::RememberingGateway;
using testing::ElementsAre;
using testing::MatchesRegex;

constexpr auto kAny = R"({"source":["aws.states"]})";

Json event_of(const std::string& name, const std::string& status = "FAILED") {
  const std::string arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
  return Json{{"id", name + "/" + status},
              {"source", "aws.states"},
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
  /// Delivers the messages of the events, each once, and answers what became of them.
  std::vector<Verdict> hear(std::vector<EventRule> rules, const std::vector<Json>& events) {
    ExecutionRules heard(std::move(rules), [this](const RuleMessage& message) {
      messages.push_back(message);
      return publishing;
    });
    heard.open(gateway);
    const auto posts = heard.posts();
    std::vector<Verdict> verdicts;
    for (const auto& event : events) {
      for (const auto& message : heard.messages_of(event, cause, Instant{})) {
        const auto to = std::find_if(posts.begin(), posts.end(),
                                     [&](const RulePost& post) { return post.destination == message.destination; });
        std::promise<Verdict> verdict;
        to->post->send(message.id, message.body, [&](Verdict given) { verdict.set_value(std::move(given)); });
        verdicts.push_back(verdict.get_future().get());
      }
    }
    return verdicts;
  }
  static std::vector<Verdict::Kind> kinds(const std::vector<Verdict>& verdicts) {
    std::vector<Verdict::Kind> all;
    for (const auto& verdict : verdicts) all.push_back(verdict.kind);
    return all;
  }
  std::string only_started() const {
    const auto started = gateway.started();
    EXPECT_EQ(started.size(), 1u);
    return started.empty() ? "" : started.begin()->first;
  }

  RememberingGateway gateway;
  Lineage cause;  ///< of the executions that the events are about
  std::vector<RuleMessage> messages;
  Result<void> publishing;  ///< what it is answered
};

TEST_F(ExecutionRulesTest, AMatchingEventStartsAnExecutionOnce) {
  const auto failed = rule("on failure!", R"({"source":["aws.states"],"detail":{"status":["FAILED","TIMED_OUT"]}})");
  hear({failed}, {event_of("one"), event_of("one"), event_of("two", "SUCCEEDED")});
  EXPECT_THAT(only_started(), MatchesRegex("on-failure-\\.1\\.[0-9a-f]{40}"));
  EXPECT_EQ(json(gateway.started().begin()->second), event_of("one"));
  hear({failed}, {event_of("one", "TIMED_OUT")});
  EXPECT_EQ(gateway.started().size(), 2u) << "another status is another event";
}

TEST_F(ExecutionRulesTest, AFunctionIsCalledWithIt) {
  auto alarm = rule("alarm", R"({"detail":{"status":["FAILED"]}})");
  alarm.state_machine_arn.clear();
  alarm.function = "alarm";
  hear({alarm}, {event_of("one"), event_of("two", "SUCCEEDED")});
  EXPECT_EQ(gateway.calls(), (std::vector<std::string>{"alarm " + event_of("one").dump()}));
  EXPECT_TRUE(gateway.started().empty());
}

TEST_F(ExecutionRulesTest, WhatAnEventStartsIsOneFurtherFromTheBeginningThanWhatItTellsOf) {
  auto call = rule("call", kAny);
  call.state_machine_arn.clear();
  call.function = "f";
  cause = {40, 3};
  hear({rule("start", kAny), call}, {event_of("one")});
  EXPECT_EQ(gateway.lineages(), (std::vector<Lineage>{{41, 4}, {41, 4}}));
  EXPECT_EQ(json(gateway.started().begin()->second), event_of("one")) << "the target does not see it";
}

TEST_F(ExecutionRulesTest, WhatIsRefusedForGoodIsNotTriedAgain) {
  gateway.refuse_for_good(run::RefusalCode::ExecutionLimitExceeded, 1);
  EXPECT_THAT(kinds(hear({rule("r", kAny)}, {event_of("one")})), ElementsAre(Verdict::Kind::Refused));
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
  EXPECT_THAT(kinds(hear({lost, rule("a", kAny), rule("b", kAny)}, {event_of("one")})),
              ElementsAre(Verdict::Kind::Refused, Verdict::Kind::Refused, Verdict::Kind::Delivered));
  EXPECT_EQ(gateway.asked(), 2);
  EXPECT_EQ(gateway.started().size(), 1u);
}

TEST_F(ExecutionRulesTest, WhatMayPassIsTriedAgain) {
  gateway.refuse(run::RefusalCode::ServiceUnavailable, 1);
  EXPECT_THAT(kinds(hear({rule("a", kAny)}, {event_of("one"), event_of("one"), event_of("one")})),
              ElementsAre(Verdict::Kind::Again, Verdict::Kind::Delivered, Verdict::Kind::Delivered));
  EXPECT_EQ(gateway.started().size(), 1u) << "under one name";
  publishing = AslError("Notify.Failed", "no room");
  EXPECT_THAT(kinds(hear({rule("m", kAny, "alerts")}, {event_of("one")})), ElementsAre(Verdict::Kind::Again));
  publishing = AslError("Notify.NoSuchTopic", "none");
  EXPECT_THAT(kinds(hear({rule("m", kAny, "alerts")}, {event_of("one")})), ElementsAre(Verdict::Kind::Refused));
}

TEST_F(ExecutionRulesTest, AMessageIsMadeForEachRuleThatTheEventMatches) {
  const ExecutionRules rules({rule("a", kAny), rule("b", kAny, "alerts"), rule("c", R"({"source":["aws.s3"]})")},
                             [](const RuleMessage&) { return Result<void>(); });
  const auto made = rules.messages_of(event_of("one"), {}, Instant(std::chrono::milliseconds(7)));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].destination, "rule/a");
  EXPECT_EQ(made[1].destination, "rule/b");
  EXPECT_EQ(made[0].id, "one/FAILED");
  auto body = json(made[0].body);
  EXPECT_EQ(body.erase("stepd:lineage"), 1u);
  EXPECT_EQ(body, event_of("one"));
  EXPECT_EQ(made[0].not_before, Instant(std::chrono::milliseconds(7)));
}

TEST_F(ExecutionRulesTest, AfterTheEndNothingIsFollowedAndWhatIsNoEventNever) {
  ExecutionRules rules({rule("a", kAny)}, [](const RuleMessage&) { return Result<void>(); });
  rules.open(gateway);
  const auto posts = rules.posts();
  const auto verdict_of = [&](const std::string& body) {
    std::promise<Verdict> verdict;
    posts[0].post->send("id", body, [&](Verdict given) { verdict.set_value(std::move(given)); });
    return verdict.get_future().get().kind;
  };
  for (const char* body : {"", "7", "{}", R"({"id":7,"detail":{}})"}) {
    EXPECT_EQ(verdict_of(body), Verdict::Kind::Refused) << body;
  }
  rules.close();
  EXPECT_EQ(verdict_of(print_json(event_of("one"))), Verdict::Kind::Stopped);
  EXPECT_TRUE(gateway.started().empty());
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
