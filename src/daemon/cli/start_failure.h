// Why a command could not begin, for a person: what the system calls a lack of means is said in terms of what the
// person can change.
#pragma once

#include <exception>
#include <string>

namespace stepd::daemon {

std::string why_not_started(const std::exception& error);

}  // namespace stepd::daemon
