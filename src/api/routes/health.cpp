#include "api/routes/health.h"

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace stepd::api {

Route health_route(const Backend& backend) {
  return blocking_route("GET", "/health", [backend](const Request&) {
    try {
      backend.reader.state_machines("", 1);
    } catch (const storage::StoreError& error) {
      spdlog::error("health: {}", error.what());
      return json_response(503, Json{{"status", "failing"}, {"version", STEPD_VERSION}});
    }
    return json_response(200, Json{{"status", "ok"}, {"version", STEPD_VERSION}});
  });
}

}  // namespace stepd::api
