// How many tasks run and wait in a lane at one moment, for /health and for metrics. The lanes themselves are in
// tasks/lane.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace stepd {

struct LaneDepth {
  std::string_view lane;                     ///< its name, which lives as long as the process: `quick`, `images`
  std::size_t slots = 0;                     ///< tasks that run at once
  std::size_t running = 0;                   ///< at most `slots`
  std::size_t waiting = 0;                   ///< for a slot
  std::size_t waiting_max = 0;               ///< more are refused
  std::chrono::milliseconds oldest_wait{0};  ///< how long the first in the queue has waited; 0 if none waits
};

}  // namespace stepd
