// Checks of what can only be wrong through a bug. On in every build: going on with a broken state would store it.
#pragma once

namespace stepd {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

#define STEPD_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::stepd::assertion_failed(#condition, __FILE_NAME__, __LINE__))
