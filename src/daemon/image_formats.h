// Which formats pictures can be written in, told in the log when the daemon starts rather than by the first task that
// fails.
#pragma once

#include "tasks/image/job.h"

namespace stepd::daemon {

/// A warning for each format whose encoder the libraries lack, with what they say of it. Blocks while a few pixels are
/// written.
void report_image_formats(tasks::image::Workplace& workplace);

}  // namespace stepd::daemon
