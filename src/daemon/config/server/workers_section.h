// The configuration's `workers`: how many things happen at once, and how long an end may take.
#pragma once

#include "daemon/config/mapping.h"

#include <chrono>

namespace stepd::daemon {

struct Workers {
  unsigned tasks = 0;    ///< handlers of the quick lane that run at once; one per processor unless said otherwise
  unsigned sockets = 2;  ///< threads that serve connections
  unsigned disk = 4;     ///< threads for requests that wait for a disk
  unsigned shards = 1;   ///< threads that decide what executions do next
  std::chrono::milliseconds drain{30'000};
};

Workers read_workers(Mapping& root);

}  // namespace stepd::daemon
