// The inside of the processes that do the work on pictures: one from which all others are forked, and those others.
// Who starts them and gives them work is image_workers.h.
#pragma once

#include "tasks/image/job.h"

namespace stepd::tasks::workers {

/// As image::perform(); tests put another in its place.
using Perform = Result<image::Work>(const image::Job& job, const std::stop_token& stop);

/// The whole of a program that ImageWorkers has started: it talks over descriptor 3 and answers the exit code when the
/// daemon is gone. Thread: the process's only one, before any other was started.
int run_image_workers(Perform& perform = image::perform);

}  // namespace stepd::tasks::workers
