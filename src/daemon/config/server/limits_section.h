// The configuration's `limits`: what is refused before it costs anything.
#pragma once

#include "base/limits.h"
#include "daemon/config/mapping.h"
#include "engine/run/throttles.h"
#include "tasks/catalog.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stepd::daemon {

struct Limits {
  tasks::ImageLimits image;
  std::uint64_t object_bytes = 5ull << 30;  ///< of an object put over HTTP
  std::size_t connections = 4'096;
  std::size_t connections_per_client = 0;             ///< ServerOptions::connections_per_peer_max
  std::size_t waiting_tasks = limits::kWaitingTasks;  ///< in each lane
  std::chrono::seconds express_time{limits::kExpressSeconds};
  std::size_t express_executions = limits::kExpressExecutions;  ///< EXPRESS executions at once
  std::size_t express_bytes = limits::kExpressExecutionBytes;   ///< of their inputs together
  run::ThrottleRates rates;
  std::uint32_t execution_depth = limits::kExecutionDepth;  ///< EngineOptions::depth_max
  std::uint32_t event_depth = limits::kEventDepth;          ///< EngineOptions::echoes_max
};

Limits read_limits(Mapping& root);

}  // namespace stepd::daemon
