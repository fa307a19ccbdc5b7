#include "api/routes/health.h"

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace stepd::api {
namespace {

constexpr auto kHealthDescription = R"({
  "summary": "Whether the daemon can read its store and write to it and runs executions, how many tasks run and wait in each lane, how many executions are quarantined, how many starts were refused because a rule feeds itself, and how many connections there are",
  "responses": {
    "200": {"description": "It can; `status` is `paused` if it was started to run nothing", "content": {"application/json": {"example": {
      "status": "ok", "version": "0.1.0", "quarantinedExecutions": 0, "endedLoops": 0,
      "lanes": {
        "quick": {"slots": 2, "running": 0, "waiting": 0, "waitingMax": 1000000, "oldestWaitSeconds": 0},
        "images": {"slots": 2, "running": 2, "waiting": 18, "waitingMax": 1000000, "oldestWaitSeconds": 1.25}
      },
      "connections": {"open": 3, "idle": 1, "longPolls": 1, "clients": 1, "openMax": 4096, "openMaxPerClient": 2048,
                      "longPollsMax": 3072, "longPollsMaxPerClient": 1024, "refused": 0, "closedIdle": 0}
    }}}},
    "503": {"description": "It cannot: `status` is `failing`, and `reason` says why"}
  }
})";

Json describe_lane(const LaneDepth& depth) {
  return Json{{"slots", depth.slots},
              {"running", depth.running},
              {"waiting", depth.waiting},
              {"waitingMax", depth.waiting_max},
              {"oldestWaitSeconds", std::chrono::duration<double>(depth.oldest_wait).count()}};
}

Json describe_connections(const SeatTally& tally) {
  return Json{{"open", tally.open},
              {"idle", tally.idle},
              {"longPolls", tally.waiting},
              {"clients", tally.peers},
              {"openMax", tally.limits.all},
              {"openMaxPerClient", tally.limits.per_peer},
              {"longPollsMax", tally.limits.waiting},
              {"longPollsMaxPerClient", tally.limits.waiting_per_peer},
              {"refused", tally.refused},
              {"closedIdle", tally.closed_idle}};
}

Json health_of(const std::string& status, const run::Readings& readings, const SeatTally& connections) {
  Json lanes = Json::object();
  for (const auto& depth : readings.lanes) lanes[std::string(depth.lane)] = describe_lane(depth);
  return Json{{"status", status},
              {"version", STEPD_VERSION},
              {"quarantinedExecutions", readings.quarantined},
              {"endedLoops", readings.ended_loops},
              {"lanes", std::move(lanes)},
              {"connections", describe_connections(connections)}};
}

/// Reads, and stores something.
std::optional<std::string> trouble_of(const Backend& backend) {
  try {
    backend.reader.state_machines("", 1);
  } catch (const storage::StoreError& error) {
    return error.what();
  }
  return backend.probe == nullptr ? std::nullopt : backend.probe->trouble();
}

constexpr auto kLiveDescription = R"({
  "summary": "Whether the process answers requests at all; for what restarts it when it does not",
  "responses": {"200": {"description": "It does", "content": {"text/plain": {"example": "ok"}}}}
})";

constexpr auto kReadyDescription = R"({
  "summary": "Whether the daemon can read its store and write to it; for what sends it requests",
  "responses": {
    "200": {"description": "It can", "content": {"text/plain": {"example": "ok"}}},
    "503": {"description": "It cannot, and the body says why"}
  }
})";

Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::move(body) + "\n";
  return response;
}

}  // namespace

Route live_route() {
  Route route;
  route.method = "GET";
  route.pattern = "/livez";
  // On the I/O thread: workers that are stuck in the store are no reason to end the process.
  route.handle = [](const Request&, const Reply& reply, Workers&) { reply(text_response(200, "ok")); };
  route.vital = true;
  route.description = kLiveDescription;
  return route;
}

Route ready_route(const Backend& backend) {
  auto route = blocking_route("GET", "/readyz", [backend](const Request&) {
    const auto why = trouble_of(backend);
    return why ? text_response(503, *why) : text_response(200, "ok");
  });
  route.vital = true;
  route.description = kReadyDescription;
  return route;
}

Route health_route(const Backend& backend, std::shared_ptr<const ConnectionCount> connections) {
  auto route = blocking_route("GET", "/health", [backend, connections = std::move(connections)](const Request&) {
    const auto health = [&](const char* status) {
      return health_of(status, backend.gateway.readings(), connections->read());
    };
    if (const auto why = trouble_of(backend)) {
      spdlog::error("health: {}", *why);
      auto answer = health("failing");
      answer["reason"] = *why;
      return json_response(503, answer);
    }
    return json_response(200, health(backend.paused ? "paused" : "ok"));
  });
  route.vital = true;
  route.description = kHealthDescription;
  return route;
}

}  // namespace stepd::api
