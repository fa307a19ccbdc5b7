// Fetching what functions of one's own code need: `stepd functions install`, and `stepd up` for what is missing.
#pragma once

#include "daemon/config/config.h"
#include "functions/function_code.h"

#include <vector>

namespace stepd::daemon {

/// Into the data directory, with progress on stderr. Goes on with the others if one fails; whether none did.
bool install_functions(const Config& config, const std::vector<functions::FunctionCode>& functions);

/// Those of the configuration that lack something, or that have changed what they ask for since they got it.
std::vector<functions::FunctionCode> functions_to_install(const Config& config);

}  // namespace stepd::daemon
