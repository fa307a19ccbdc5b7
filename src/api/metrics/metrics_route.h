// GET /metrics, for Prometheus: what Metrics counts, and what is read when it is asked for.
#pragma once

#include "api/api.h"
#include "api/metrics/metrics.h"
#include "api/router.h"
#include "api/server.h"

#include <memory>

namespace stepd::api {

/// `backend.metrics` is not null; the route gives it its sources for the lanes, the store and the connections.
Route metrics_route(const Backend& backend, std::shared_ptr<const ConnectionCount> connections);

}  // namespace stepd::api
