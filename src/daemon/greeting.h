// What a person reads first: where the daemon listens, where files go, and a request to try.
#pragma once

#include "daemon/config/config.h"

#include <cstdint>
#include <string>

namespace stepd::daemon {

/// Three lines.
std::string greeting(const Config& config, std::uint16_t port);

}  // namespace stepd::daemon
