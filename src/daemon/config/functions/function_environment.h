// `environment` of a function: named values that its other keys mention as ${NAME}, as a Lambda function's code reads
// its environment variables. The environment of this process is not looked into.
#pragma once

#include "daemon/config/mapping.h"

namespace stepd::daemon {

/// The mapping without its `environment`, every ${NAME} filled in: a text that is nothing but one placeholder becomes
/// the value itself, a number or true too. A name without a value is a fault. `\${` stands for `${`.
Json fill_environment(Mapping& function);

}  // namespace stepd::daemon
