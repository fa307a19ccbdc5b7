// The status-change events of executions: AWS's members, when there is one, and what is too large for it.
#include "engine/run/status_change.h"
#include "run/bench_of_one.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kOneTask = R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"f","End":true}}})";
constexpr auto kTimed = R"({"StartAt":"W","TimeoutSeconds":10,"States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})";

class StatusChange : public testing::Test {
 protected:
  StatusChange() {
    bench.listeners = {&changes};
    bench.restart();
  }
  /// The events so far, without what differs each time.
  std::vector<std::string> told() const {
    std::vector<std::string> texts;
    for (auto event : events) {
      event.erase("id");
      texts.push_back(event.dump());
    }
    return texts;
  }
  std::vector<std::string> statuses() const {
    std::vector<std::string> all;
    for (const auto& event : events) all.push_back(event["detail"]["status"].get<std::string>());
    return all;
  }

  std::vector<std::string> stored() const {
    std::vector<std::string> ids;
    for (const auto& head : bench.store.reader().outbox("rule/any", 100)) ids.push_back(head.id);
    return ids;
  }

  std::vector<Json> events;
  std::vector<Lineage> causes;
  int told_of = 0;
  run::StatusChanges changes{
      "eu-north-1", "999999999999",
      [this](const Json& event, const Lineage& cause) {
        causes.push_back(cause);
        events.push_back(event);
        return std::vector<OutboxRecord>{{event["id"].get<std::string>(), "rule/any", "{}", 0, Instant{}, Instant{}}};
      },
      [this] { ++told_of; }};
  BenchOfOne bench;
};

TEST_F(StatusChange, TheLineageOfTheExecutionIsToldBesideTheEvent) {
  const auto machine = bench.create(kOneTask);
  bench.lineage = {7, 3};
  bench.start(machine, "one");
  bench.settle();
  EXPECT_EQ(causes, (std::vector<Lineage>{{7, 3}}));
}

TEST_F(StatusChange, AStartAndAnEndAreTold) {
  const auto machine = bench.create(kOneTask);
  const auto arn = bench.start(machine, "one", R"({"a":1})");
  bench.settle();
  const auto began = bench.clock.now();
  bench.advance(2500ms);
  bench.tasks.open.begin()->second.done(Payload(Json{{"b", 2}}));
  bench.settle();
  const auto start = std::to_string(began.time_since_epoch().count());
  const auto stop = std::to_string(bench.clock.now().time_since_epoch().count());
  const auto frame = [&](Instant at, const std::string& detail) {
    return R"({"version":"0","detail-type":"Step Functions Execution Status Change","source":"aws.states",)"
           R"("account":"999999999999","time":")" +
           to_rfc3339(at).substr(0, 19) + R"(Z","region":"eu-north-1","resources":[")" + arn->arn + R"("],"detail":{)" +
           R"("executionArn":")" + arn->arn + R"(","stateMachineArn":")" + machine +
           R"(","name":"one","stateMachineVersionArn":null,"stateMachineAliasArn":null,)" + detail + "}}";
  };
  const auto told_now = told();
  ASSERT_EQ(told_now.size(), 2u);
  EXPECT_EQ(told_now[0],
            frame(began, R"("status":"RUNNING","startDate":)" + start +
                             R"(,"stopDate":null,"input":"{\"a\":1}","output":null,"inputDetails":{"included":true},)"
                             R"("outputDetails":null,"redriveCount":0,"redriveDate":null,)"
                             R"("redriveStatus":"NOT_REDRIVABLE",)"
                             R"("redriveStatusReason":"Execution is RUNNING and cannot be redriven",)"
                             R"("error":null,"cause":null)"));
  EXPECT_EQ(told_now[1], frame(bench.clock.now(),
                               R"("status":"SUCCEEDED","startDate":)" + start + R"(,"stopDate":)" + stop +
                                   R"(,"input":"{\"a\":1}","output":"{\"b\":2}","inputDetails":{"included":true},)"
                                   R"("outputDetails":{"included":true},"redriveCount":0,"redriveDate":null,)"
                                   R"("redriveStatus":"NOT_REDRIVABLE",)"
                                   R"("redriveStatusReason":"Execution is SUCCEEDED and cannot be redriven",)"
                                   R"("error":null,"cause":null)"));
  EXPECT_NE(events[0]["id"], events[1]["id"]);
}

TEST_F(StatusChange, EveryEndHasItsStatus) {
  bench.start(bench.create(kOneTask, "fails"), "one");
  bench.settle();
  bench.tasks.open.begin()->second.done(AslError{"Bad", "on principle"});
  bench.settle();
  EXPECT_EQ(events.back()["detail"]["error"], "Bad");
  EXPECT_EQ(events.back()["detail"]["cause"], "on principle");
  EXPECT_EQ(events.back()["detail"]["redriveStatus"], "REDRIVABLE");
  EXPECT_TRUE(events.back()["detail"]["redriveStatusReason"].is_null());
  bench.start(bench.create(kTimed, "late"), "one");
  bench.settle();
  bench.advance(10s);
  EXPECT_TRUE(events.back()["detail"]["error"].is_null());
  const auto started = bench.start(bench.create(kOneTask, "stopped"), "one");
  bench.settle();
  bench.stop(started->arn);
  bench.settle();
  EXPECT_EQ(statuses(), (std::vector<std::string>{"RUNNING", "FAILED", "RUNNING", "TIMED_OUT", "RUNNING", "ABORTED"}));
}

TEST_F(StatusChange, AnExecutionOfOneTurnIsToldOfTwice) {
  bench.start(bench.create(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})"), "one");
  bench.settle();
  EXPECT_EQ(statuses(), (std::vector<std::string>{"RUNNING", "SUCCEEDED"}));
  EXPECT_TRUE(events[0]["detail"]["output"].is_null());
  EXPECT_TRUE(events[0]["detail"]["stopDate"].is_null());
}

TEST_F(StatusChange, ExpressHasNone) {
  bench.run_express(bench.create_express(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})"));
  bench.settle();
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(told_of, 0);
}

TEST_F(StatusChange, WhatIsTooLargeIsLeftOut) {
  const std::string half(130'000, 'h');
  const std::string escaped(130'000, '"');  // twice as many bytes in an event
  const auto run = [&](const std::string& input, const std::string& output) {
    static int count = 0;
    bench.start(bench.create(kOneTask, "m" + std::to_string(++count)), "one", Json(input).dump());
    bench.settle();
    bench.tasks.open.begin()->second.done(Payload(Json(output)));
    bench.settle();
    const auto& detail = events.back()["detail"];
    EXPECT_EQ(detail["input"].is_string(), detail["inputDetails"]["included"].get<bool>());
    EXPECT_EQ(detail["output"].is_string(), detail["outputDetails"]["included"].get<bool>());
    return std::string(detail["input"].is_string() ? "input " : "") + (detail["output"].is_string() ? "output" : "");
  };
  EXPECT_EQ(run("small", "small"), "input output");
  EXPECT_EQ(run(half, "small"), "input output");
  EXPECT_EQ(run(half, half), "output") << "the input goes first";
  EXPECT_EQ(run("small", escaped.substr(0, 120'000)), "input ");
  EXPECT_EQ(run(escaped.substr(0, 120'000), escaped.substr(0, 120'000)), "");
}

TEST_F(StatusChange, ItsMessagesAreStoredWithTheTurnOrNotAtAll) {
  bench.store.held = true;
  bench.start(bench.create(kOneTask), "one");
  bench.settle();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(told_of, 0) << "not durable yet";
  EXPECT_TRUE(stored().empty());
  bench.store.release();
  bench.settle();
  EXPECT_EQ(stored(), (std::vector<std::string>{events[0]["id"].get<std::string>()}));
  EXPECT_EQ(told_of, 1);

  bench.store.refusals = {storage::Outcome::Unavailable};
  bench.tasks.open.begin()->second.done(Payload());
  bench.settle();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(stored().size(), 1u) << "that turn was not stored";
  EXPECT_EQ(told_of, 1);
  bench.advance(1s);
  ASSERT_EQ(events.size(), 3u) << "it is decided again";
  EXPECT_EQ(stored().back(), events[2]["id"].get<std::string>());
  EXPECT_EQ(stored().size(), 2u);
  EXPECT_EQ(told_of, 2);
}

}  // namespace
}  // namespace stepd::test
