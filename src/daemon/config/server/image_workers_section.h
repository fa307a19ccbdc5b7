// The configuration's `image_workers`: the processes that decode pictures, and what they may take.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/workers/image_workers.h"

namespace stepd::daemon {

struct ImageWorkers {
  tasks::workers::WorkerOptions options;
  bool in_process = false;  ///< decode in the daemon itself, without any fence: for debuggers
};

/// There are as many workers as `tasks` of the quick lane run at once unless said otherwise. The lane of the images has
/// as many slots.
ImageWorkers read_image_workers(Mapping& root, unsigned tasks);

}  // namespace stepd::daemon
