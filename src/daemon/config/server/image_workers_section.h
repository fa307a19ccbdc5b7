// The configuration's `image_workers`: the processes that decode pictures, and what they may take.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/workers/image_workers.h"

namespace stepd::daemon {

struct ImageWorkers {
  tasks::workers::WorkerOptions options;
  bool in_process = false;  ///< decode in the daemon itself, without any fence: for debuggers
};

/// `tasks` is how many handlers run at once: so many workers there are unless said otherwise.
ImageWorkers read_image_workers(Mapping& root, unsigned tasks);

}  // namespace stepd::daemon
