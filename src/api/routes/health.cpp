#include "api/routes/health.h"

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr auto kHealthDescription = R"({
  "summary": "Whether the daemon can read its store and runs executions, how many tasks run and wait in each lane, and how many executions are quarantined",
  "responses": {
    "200": {"description": "It can; `status` is `paused` if it was started to run nothing", "content": {"application/json": {"example": {
      "status": "ok", "version": "0.1.0", "quarantinedExecutions": 0,
      "lanes": {
        "quick": {"slots": 2, "running": 0, "waiting": 0, "waitingMax": 1000000, "oldestWaitSeconds": 0},
        "images": {"slots": 2, "running": 2, "waiting": 18, "waitingMax": 1000000, "oldestWaitSeconds": 1.25}
      }}}}},
    "503": {"description": "It cannot: `status` is `failing`"}
  }
})";

Json describe_lane(const LaneDepth& depth) {
  return Json{{"slots", depth.slots},
              {"running", depth.running},
              {"waiting", depth.waiting},
              {"waitingMax", depth.waiting_max},
              {"oldestWaitSeconds", std::chrono::duration<double>(depth.oldest_wait).count()}};
}

Json health_of(const char* status, const run::Readings& readings) {
  Json lanes = Json::object();
  for (const auto& depth : readings.lanes) lanes[std::string(depth.lane)] = describe_lane(depth);
  return Json{{"status", status},
              {"version", STEPD_VERSION},
              {"quarantinedExecutions", readings.quarantined},
              {"lanes", std::move(lanes)}};
}

}  // namespace

Route health_route(const Backend& backend) {
  auto route = blocking_route("GET", "/health", [backend](const Request&) {
    try {
      backend.reader.state_machines("", 1);
    } catch (const storage::StoreError& error) {
      spdlog::error("health: {}", error.what());
      return json_response(503, health_of("failing", backend.gateway.readings()));
    }
    return json_response(200, health_of(backend.paused ? "paused" : "ok", backend.gateway.readings()));
  });
  route.description = kHealthDescription;
  return route;
}

}  // namespace stepd::api
