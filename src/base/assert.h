// STEPD_ASSERT: checks a condition that only a fault of this program can violate, and ends the process if it is
// violated. The checks are made in every build, because a process that went on with a broken state would store it.
#pragma once

namespace stepd {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

#define STEPD_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::stepd::assertion_failed(#condition, __FILE_NAME__, __LINE__))
