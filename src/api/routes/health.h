// GET /health, /livez, /readyz: whether this process can do its work, and how many tasks run and wait, and how many
// connections there are, for supervisors and scripts. It tells nothing confidential.
#pragma once

#include "api/api.h"
#include "api/router.h"

namespace stepd::api {

/// 200 `{"status": "ok", "version": ...}`, or `"paused"`; 503 with `"failing"` and the
/// reason if the store cannot be read or stores nothing.
Route health_route(const Backend& backend, std::shared_ptr<const ConnectionCount> connections);
/// GET /livez: 200 as long as requests are answered, whatever the store does.
Route live_route();
/// GET /readyz: 200, or 503 and the reason, by the same trials as /health.
Route ready_route(const Backend& backend);

}  // namespace stepd::api
