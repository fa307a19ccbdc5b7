#include "api/metrics/metrics_route.h"

#include "engine/run/gateway.h"

namespace stepd::api {
namespace {

constexpr auto kMetricsDescription = R"({
  "summary": "Metrics in the text format of Prometheus",
  "responses": {"200": {"description": "docs/metrics.md lists every name", "content": {"text/plain": {}}}}
})";

double number(std::size_t count) { return static_cast<double>(count); }

std::vector<Sample> engine_samples(const run::Gateway& gateway) {
  const auto readings = gateway.readings();
  std::vector<Sample> samples{
      {"executions_quarantined", "Executions that cannot go on.", SampleKind::Gauge, number(readings.quarantined)},
      {"ended_loops_total", "Starts that were refused because a rule feeds itself.", SampleKind::Counter,
       number(readings.ended_loops)},
      {"starts_throttled_total", "Starts that were refused because of their rate.", SampleKind::Counter,
       number(readings.throttled_starts)},
      {"states_throttled_total", "Times that an execution waited to enter a state because of their rate.",
       SampleKind::Counter, number(readings.throttled_states)}};
  for (const auto& lane : readings.lanes) {
    const std::vector<std::pair<std::string, std::string>> labels{{"lane", std::string(lane.lane)}};
    samples.push_back(
        {"lane_slots", "Tasks that run at once in a lane.", SampleKind::Gauge, number(lane.slots), labels});
    samples.push_back({"lane_running", "Tasks that run.", SampleKind::Gauge, number(lane.running), labels});
    samples.push_back({"lane_waiting", "Tasks that wait for a slot.", SampleKind::Gauge, number(lane.waiting), labels});
    samples.push_back({"lane_oldest_wait_seconds", "How long the first of them has waited.", SampleKind::Gauge,
                       std::chrono::duration<double>(lane.oldest_wait).count(), labels});
  }
  return samples;
}

std::vector<Sample> store_samples(const storage::Reader& reader) {
  std::vector<Sample> samples;
  std::size_t open = 0;
  for (const auto& tally : reader.tally_executions()) {
    if (tally.status == storage::ExecutionStatus::Running) open += tally.executions;
  }
  samples.push_back(
      {"executions_running", "STANDARD executions that have not ended.", SampleKind::Gauge, number(open)});
  const auto outbox = reader.tally_outbox();
  samples.push_back(
      {"outbox_messages", "Messages that wait to be delivered.", SampleKind::Gauge, number(outbox.messages)});
  samples.push_back({"outbox_bytes", "Bytes of these messages.", SampleKind::Gauge, number(outbox.bytes)});
  samples.push_back(
      {"outbox_dropped_total", "Messages for which there was no room.", SampleKind::Counter, number(outbox.dropped)});
  return samples;
}

std::vector<Sample> connection_samples(const SeatTally& tally) {
  return {{"http_connections", "Open connections.", SampleKind::Gauge, number(tally.open)},
          {"http_connections_idle", "Connections without a request.", SampleKind::Gauge, number(tally.idle)},
          {"http_long_polls", "Requests that wait for something to happen.", SampleKind::Gauge, number(tally.waiting)},
          {"http_clients", "Addresses with a connection.", SampleKind::Gauge, number(tally.peers)},
          {"http_refused_total", "Connections and requests that were refused for want of a seat.", SampleKind::Counter,
           number(tally.refused)}};
}

}  // namespace

Route metrics_route(const Backend& backend, std::shared_ptr<const ConnectionCount> connections) {
  backend.metrics->add_source([&gateway = backend.gateway] { return engine_samples(gateway); });
  backend.metrics->add_source([&reader = backend.reader] { return store_samples(reader); });
  backend.metrics->add_source(
      [connections = std::move(connections)] { return connection_samples(connections->read()); });
  backend.metrics->add_source(process_samples);
  auto route = blocking_route("GET", "/metrics", [metrics = backend.metrics](const Request&) {
    Response response;
    response.fields.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
    response.body = metrics->text();
    return response;
  });
  route.vital = true;
  route.description = kMetricsDescription;
  return route;
}

}  // namespace stepd::api
