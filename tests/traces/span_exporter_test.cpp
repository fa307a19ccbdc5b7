// How spans reach a collector, and what happens if they do not.
#include "traces/span_exporter.h"

#include <gtest/gtest.h>
#include <deque>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using traces::Span;
using traces::SpanExporter;

std::vector<Span> some(std::size_t count) {
  std::vector<Span> spans(count);
  for (auto& span : spans) span.trace_id = std::string(32, '1');
  return spans;
}

class Export : public testing::Test {
 protected:
  SpanExporter make() {
    return SpanExporter({.url = "http://collector/v1/traces", .first_delay = std::chrono::milliseconds(0)},
                        [this](tasks::HttpRequest request) -> Result<tasks::HttpResponse> {
                          requests.push_back(std::move(request));
                          if (answers.empty()) return tasks::HttpResponse{200, {}, "{}"};
                          auto answer = answers.front();
                          answers.pop_front();
                          return answer;
                        });
  }
  std::deque<Result<tasks::HttpResponse>> answers;
  std::vector<tasks::HttpRequest> requests;
};

std::size_t spans_in(const tasks::HttpRequest& request) {
  return nlohmann::json::parse(request.body)["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
}

TEST_F(Export, BatchesAreBounded) {
  auto exporter = make();
  exporter.add(some(SpanExporter::kBatchMax + 3));
  while (exporter.send_batch()) {
  }
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(spans_in(requests[0]), SpanExporter::kBatchMax);
  EXPECT_EQ(spans_in(requests[1]), 3u);
  EXPECT_EQ(requests[0].url, "http://collector/v1/traces");
  EXPECT_EQ(exporter.tally().sent, SpanExporter::kBatchMax + 3);
}

TEST_F(Export, WhatComesTooFastIsDroppedAndCounted) {
  auto exporter = make();
  exporter.add(some(SpanExporter::kQueueMax - 1));
  exporter.add(some(3));
  EXPECT_EQ(exporter.tally().waiting, SpanExporter::kQueueMax);
  EXPECT_EQ(exporter.tally().dropped, 2u);
}

TEST_F(Export, OnlyWhatMayHelpIsTriedAgain) {
  auto exporter = make();
  answers = {tasks::HttpResponse{503, {{"Retry-After", "0"}}, ""}, AslError{"Http.Failed", "refused"},
             tasks::HttpResponse{200, {}, ""}, tasks::HttpResponse{400, {}, ""}};
  exporter.add(some(1));
  exporter.send_batch();
  EXPECT_EQ(requests.size(), 3u);
  EXPECT_EQ(exporter.tally().sent, 1u);
  exporter.add(some(1));
  exporter.send_batch();
  EXPECT_EQ(requests.size(), 4u) << "400: the collector will never take them";
  EXPECT_EQ(exporter.tally().dropped, 1u);
}

TEST_F(Export, TriesEnd) {
  auto exporter = make();
  answers.assign(10, tasks::HttpResponse{429, {}, ""});
  exporter.add(some(1));
  exporter.send_batch();
  EXPECT_EQ(requests.size(), SpanExporter::kTriesMax);
}

TEST_F(Export, WhatWaitsIsSentAtTheEnd) {
  auto exporter = make();
  exporter.start();
  exporter.add(some(2));
  exporter.stop();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(spans_in(requests[0]), 2u);
}

}  // namespace
}  // namespace stepd::test
