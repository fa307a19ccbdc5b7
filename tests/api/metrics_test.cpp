// What GET /metrics says, in Prometheus's text format.
#include "api/metrics/metrics.h"

#include "api/api_fixture.h"

#include <gmock/gmock.h>

namespace stepd::api::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountsAnswersByRouteAndStatus) {
  Metrics metrics;
  metrics.answered("GET", "/health", 200, std::chrono::milliseconds(3));
  metrics.answered("GET", "/health", 200, std::chrono::milliseconds(30));
  metrics.answered("GET", "/health", 503, std::chrono::seconds(90));
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr(R"(stepd_http_requests_total{method="GET",route="/health",status="200"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(stepd_http_requests_total{method="GET",route="/health",status="503"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(stepd_http_request_duration_seconds_bucket{method="GET",route="/health",le="0.005"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(stepd_http_request_duration_seconds_bucket{method="GET",route="/health",le="+Inf"} 3)"));
}

TEST(Metrics, CountsCommitsAndTheWritesThatShareThem) {
  Metrics metrics;
  metrics.stored(1);
  metrics.stored(7);
  EXPECT_THAT(metrics.text(), HasSubstr("stepd_store_commits_total 2"));
  EXPECT_THAT(metrics.text(), HasSubstr("stepd_store_writes_total 8"));
  EXPECT_THAT(metrics.text(), HasSubstr(R"(stepd_store_commit_writes_bucket{le="4"} 1)"));
}

TEST(Metrics, ReadsItsSourcesWhenItIsAsked) {
  Metrics metrics;
  double depth = 1;
  metrics.add_source([&] {
    return std::vector<Sample>{{"lane_waiting", "Waiting.", SampleKind::Gauge, depth, {{"lane", "quick"}}},
                               {"lane_waiting", "Waiting.", SampleKind::Gauge, 5, {{"lane", "a\"b\\c\n"}}}};
  });
  metrics.add_source([]() -> std::vector<Sample> { throw std::runtime_error("the disk is gone"); });
  depth = 2;
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE stepd_lane_waiting gauge\nstepd_lane_waiting{lane=\"quick\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(R"(stepd_lane_waiting{lane="a\"b\\c\n"} 5)"));
}

TEST(Metrics, TellsOfTheProcess) {
  std::map<std::string, double> samples;
  for (const auto& sample : process_samples()) samples[sample.name] = sample.value;
  EXPECT_GT(samples["process_resident_memory_bytes"], 1e6);
  EXPECT_GE(samples["process_open_fds"], 3);
  EXPECT_GE(samples["process_max_fds"], samples["process_open_fds"]);
  EXPECT_GE(samples["process_threads"], 1);
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(samples["process_start_time_seconds"], now, 3'600);
}

class MetricsRoutes : public Api {};

TEST_F(MetricsRoutes, LivenessAsksNobody) {
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_EQ(ask("GET", "/livez").body, "ok\n");
}

TEST_F(MetricsRoutes, ThereAreNoneWhereNobodyCounts) { EXPECT_EQ(ask("GET", "/metrics").status, 404); }

}  // namespace
}  // namespace stepd::api::test
