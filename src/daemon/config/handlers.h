// Checks that functions name handlers, and topics name functions, that exist. It calls none of them.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/topic.h"
#include "engine/run/engine.h"

#include <vector>

namespace stepd::daemon {

void check_handlers(Mapping& root, const std::vector<run::Function>& functions,
                    const std::vector<ConfiguredTopic>& topics);

}  // namespace stepd::daemon
