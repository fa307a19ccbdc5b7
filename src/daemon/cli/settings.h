// The option --set NAME=VALUE, which several commands take: values for the placeholders of definitions.
#pragma once

#include "base/result.h"
#include "daemon/config/workflows/state_machines_section.h"

#include <string>
#include <vector>

namespace stepd::daemon {

/// Of one name, the last counts. Error: name empty, cause says what --set takes.
Result<Substitutions> read_settings(const std::vector<std::string>& pairs);

}  // namespace stepd::daemon
