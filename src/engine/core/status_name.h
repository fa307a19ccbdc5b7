// The names of AWS's API for how executions stand.
#pragma once

#include "engine/core/execution.h"

namespace stepd::core {

/// `SUCCEEDED`, `TIMED_OUT`.
const char* status_name(Status status);

}  // namespace stepd::core
