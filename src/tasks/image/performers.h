// The functions that do the work on pictures, one per kind, each in a file of its own.
// Which kinds exist under which name is said in job.cpp, not here.
#pragma once

#include "tasks/image/job.h"

namespace stepd::tasks::image {

/// `job.pictures` holds the source at least, except for perform_formats. The job's arguments were checked once, so a
/// fault in them is unlikely but answered all the same.
using Performer = Result<Work>(const Job& job, const std::stop_token& stop);

Performer perform_formats;
Performer perform_metadata;
Performer perform_resize;
Performer perform_samples;
Performer perform_soundness;

}  // namespace stepd::tasks::image
