// What the console shows of the configuration.
#pragma once

#include "api/console/console.h"
#include "daemon/config/config.h"

namespace stepd::daemon {

api::Inventory console_inventory(const Config& config);

}  // namespace stepd::daemon
