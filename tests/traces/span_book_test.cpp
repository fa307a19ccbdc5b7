// Which spans executions leave, and how they hang together.
#include "traces/span_book.h"

#include "run/bench_of_one.h"
#include "traces/otlp_json.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Pair;
using traces::Span;

constexpr const char* kTaskMachine = R"({"StartAt":"Call","States":{"Call":{"Type":"Task",
    "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true,
    "Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":5,"MaxAttempts":2}]}}})";

class Spans : public testing::Test {
 protected:
  Spans() { begin(1); }
  void begin(double share) {
    book.emplace(run::TraceIds(share),
                 [this](std::vector<Span> ended) { std::move(ended.begin(), ended.end(), std::back_inserter(spans)); });
    bench.listeners = {&*book};
    bench.restart();
    bench.settle();
  }
  const Span& named(const std::string& name) {
    const auto found = std::find_if(spans.begin(), spans.end(), [&](const Span& span) { return span.name == name; });
    if (found == spans.end()) throw std::runtime_error("there is no span " + name);
    return *found;
  }
  std::size_t count(const std::string& name) {
    return static_cast<std::size_t>(
        std::count_if(spans.begin(), spans.end(), [&](const Span& span) { return span.name == name; }));
  }
  void answer(Result<Payload> result) {
    const auto call = bench.tasks.open.begin()->second;
    bench.tasks.open.clear();
    call.done(std::move(result));
    bench.settle();
  }

  BenchOfOne bench;
  std::optional<traces::SpanBook> book;
  std::vector<Span> spans;
};

std::string text_of(const Span& span, const std::string& key) {
  for (const auto& [name, value] : span.attributes) {
    if (name == key)
      return std::holds_alternative<std::string>(value) ? std::get<std::string>(value)
                                                        : std::to_string(std::get<std::int64_t>(value));
  }
  return "none";
}

TEST_F(Spans, AnExecutionHoldsItsStatesAndAStateItsTasks) {
  const auto machine = bench.create(kTaskMachine);
  bench.start(machine, "one");
  bench.settle();
  EXPECT_TRUE(spans.empty()) << "nothing has ended";
  bench.advance(3s);
  answer(AslError{"Again", "not yet"});
  ASSERT_EQ(spans.size(), 1u) << "the first attempt has ended";
  EXPECT_EQ(spans[0].error, "not yet");
  EXPECT_EQ(text_of(spans[0], "error.type"), "Again");
  bench.advance(5s);
  answer(Payload());
  ASSERT_EQ(spans.size(), 4u);
  const auto& state = named("Call");
  const auto& execution = named("machine");
  EXPECT_EQ(execution.parent_id, "");
  EXPECT_EQ(execution.kind, Span::Kind::Server);
  EXPECT_EQ(text_of(execution, "stepd.execution.status"), "SUCCEEDED");
  EXPECT_EQ(state.parent_id, execution.span_id);
  EXPECT_EQ(state.end - state.start, 8s);
  EXPECT_EQ(text_of(state, "stepd.state.retries"), "1");
  EXPECT_EQ(text_of(state, "stepd.state.caught_error"), "Again");
  EXPECT_FALSE(state.error);
  EXPECT_EQ(spans[0].parent_id, state.span_id);
  EXPECT_EQ(spans[1].parent_id, state.span_id);
  EXPECT_EQ(text_of(spans[1], "stepd.task.attempt"), "2");
  EXPECT_NE(spans[0].span_id, spans[1].span_id);
  for (const auto& span : spans) EXPECT_EQ(span.trace_id, execution.trace_id);
}

TEST_F(Spans, BranchesAndIterationsHangBeneathTheirState) {
  const auto machine = bench.create(R"({"StartAt":"All","States":{
      "All":{"Type":"Parallel","Next":"Each","Branches":[{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}}],
             "ResultSelector":{"list":[1,2,3]}},
      "Each":{"Type":"Map","ItemsPath":"$.list","End":true,"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}})");
  bench.start(machine, "one");
  bench.settle();
  EXPECT_EQ(named("A").parent_id, named("All").span_id);
  EXPECT_EQ(named("B").parent_id, named("All").span_id);
  EXPECT_EQ(named("I").parent_id, named("Each").span_id);
  EXPECT_EQ(count("I"), 3u);
  EXPECT_EQ(named("Each").parent_id, named("machine").span_id);
  EXPECT_EQ(spans.size(), 8u);
}

TEST_F(Spans, AFailureMarksTheStateAndAllAroundIt) {
  const auto machine = bench.create(R"({"StartAt":"All","States":{"All":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"Slow","States":{"Slow":{"Type":"Wait","Seconds":60,"End":true}}},
      {"StartAt":"Bad","States":{"Bad":{"Type":"Fail","Error":"Wrong","Cause":"it is so"}}}]}}})");
  bench.start(machine, "one");
  bench.settle();
  for (const auto* name : {"Bad", "All", "machine"}) {
    EXPECT_EQ(named(name).error, "it is so") << name;
    EXPECT_EQ(text_of(named(name), "error.type"), "Wrong") << name;
  }
  EXPECT_EQ(text_of(named("Slow"), "error.type"), "stepd.Aborted");
}

TEST_F(Spans, TheTraceOfTheCallerGoesOn) {
  bench.trace_header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  bench.start(bench.create(R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})"), "one");
  bench.settle();
  EXPECT_EQ(named("machine").trace_id, "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(named("machine").parent_id, "53995c3f42cd8ad8");
}

TEST_F(Spans, WhatTheCallerDoesNotSampleLeavesNone) {
  bench.trace_header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0";
  bench.start(bench.create(kTaskMachine), "one");
  bench.settle();
  answer(Payload());
  EXPECT_TRUE(spans.empty());
}

TEST_F(Spans, AShareOfTracesIsKept) {
  begin(0.25);
  const auto machine = bench.create(R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})");
  for (int i = 0; i < 400; ++i) bench.start(machine, "n" + std::to_string(i));
  bench.settle();
  EXPECT_GT(count("machine"), 60u);
  EXPECT_LT(count("machine"), 140u);
}

TEST_F(Spans, OutliveARestartForWhatIsStillOpen) {
  bench.start(bench.create(kTaskMachine), "one");
  bench.settle();
  bench.advance(2s);
  const auto before = run::span_id(bench.tasks.open.begin()->second.origin.execution_arn, run::SpanOf::State, 2);
  begin(1);
  bench.advance(2s);
  answer(AslError{"Again", "not yet"});
  bench.advance(5s);
  answer(Payload());
  const auto& state = named("Call");
  EXPECT_EQ(state.span_id, before);
  EXPECT_EQ(state.end - state.start, 9s);
  EXPECT_EQ(named("machine").end - named("machine").start, 9s);
}

TEST_F(Spans, AreBoundedForAnExecutionWithoutEnd) {
  const auto machine =
      bench.create_express(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice",
      "Choices":[{"Variable":"$$.State.EnteredTime","StringEquals":"x","Next":"A"}],"Default":"W"},
      "W":{"Type":"Map","ItemsPath":"$.l","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"End":true}}})");
  std::string list = "[1";
  for (int i = 0; i < 6'000; ++i) list += ",1";
  bench.run_express(machine, "one", R"({"l":)" + list + "]}");
  bench.settle();
  EXPECT_EQ(spans.size(), traces::SpanBook::kSpansPerExecution + 1u);
  EXPECT_EQ(text_of(named("express"), "stepd.spans_left_out"), std::to_string(book->left_out()));
  EXPECT_GT(book->left_out(), 1'000u);
}

TEST(Otlp, SpansAreWrittenAsTheProtocolSays) {
  Span span{std::string(32, 'a'),
            std::string(16, 'b'),
            std::string(16, 'c'),
            "name \xff",
            Span::Kind::Client,
            Instant(1'500ms),
            Instant(2s),
            {{"text", "x"}, {"count", std::int64_t{7}}},
            "why"};
  const std::vector<Span> one{span};
  const auto body = nlohmann::json::parse(traces::to_otlp_json(one, "stepd"));
  const auto& resource = body.at("resourceSpans").at(0);
  EXPECT_EQ(resource.at("resource").at("attributes").at(0).dump(),
            R"({"key":"service.name","value":{"stringValue":"stepd"}})");
  const auto& made = resource.at("scopeSpans").at(0).at("spans").at(0);
  EXPECT_EQ(made.at("startTimeUnixNano"), "1500000000");
  EXPECT_EQ(made.at("endTimeUnixNano"), "2000000000");
  EXPECT_EQ(made.at("kind"), 3);
  EXPECT_EQ(made.at("parentSpanId"), span.parent_id);
  EXPECT_EQ(made.at("status").dump(), R"({"code":2,"message":"why"})");
  EXPECT_EQ(made.at("attributes").at(1).dump(), R"({"key":"count","value":{"intValue":"7"}})");
}

}  // namespace
}  // namespace stepd::test
