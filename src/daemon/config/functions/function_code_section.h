// A function of one's own code in the configuration's `functions`, and the section `function_workers`.
#pragma once

#include "daemon/config/mapping.h"
#include "functions/function_code.h"

#include <string>

namespace stepd::daemon {

/// Whether the mapping describes code rather than a handler of this process.
bool is_function_code(const Mapping& mapping);

/// `code` with `handler` and `runtime`, or with `command`. The other keys are those of FunctionCode. That a folder is
/// absent is a warning: it may come later.
functions::FunctionCode read_function_code(const std::string& name, Mapping& mapping);

functions::WorkerRules read_function_workers(Mapping& root);

}  // namespace stepd::daemon
