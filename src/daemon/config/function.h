// The configuration's `functions`: what the Lambda functions of a definition mean here.
#pragma once

#include "daemon/config/mapping.h"
#include "engine/run/engine.h"

#include <vector>

namespace stepd::daemon {

/// `arguments`, `result` and `error_result` are payload templates; with `.$` behind the key, one path or intrinsic that
/// is the whole value. Whether handlers of those names exist is not looked into.
std::vector<run::Function> read_functions(Mapping& root);

}  // namespace stepd::daemon
