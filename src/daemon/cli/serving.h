// What commands share that serve: `stepd serve` and `stepd up`. Defined in serve.cpp.
#pragma once

#include "base/result.h"
#include "daemon/config/config.h"

#include <cstdint>
#include <functional>
#include <string>

namespace stepd::daemon {

/// What is printed when the doors are open.
using Introduce = std::function<std::string(std::uint16_t port)>;

/// `given` (HOST:PORT, or empty) comes before what the configuration says. Error: it is malformed, or an address that
/// others can reach without `allow_remote`; cause alone.
Result<void> set_listen(Listen& listen, const std::string& given, bool allow_remote);

/// Runs the daemon until a signal or a fatal error ends the process. Answers its exit code.
int serve_until_asked(const Config& config, const Introduce& introduce);

}  // namespace stepd::daemon
