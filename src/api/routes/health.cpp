#include "api/routes/health.h"

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr auto kHealthDescription = R"({
  "summary": "Whether the daemon can read its store",
  "responses": {
    "200": {"description": "It can", "content": {"application/json": {"example": {"status": "ok", "version": "0.1.0"}}}},
    "503": {"description": "It cannot: `status` is `failing`"}
  }
})";

}  // namespace

Route health_route(const Backend& backend) {
  auto route = blocking_route("GET", "/health", [backend](const Request&) {
    try {
      backend.reader.state_machines("", 1);
    } catch (const storage::StoreError& error) {
      spdlog::error("health: {}", error.what());
      return json_response(503, Json{{"status", "failing"}, {"version", STEPD_VERSION}});
    }
    return json_response(200, Json{{"status", "ok"}, {"version", STEPD_VERSION}});
  });
  route.description = kHealthDescription;
  return route;
}

}  // namespace stepd::api
