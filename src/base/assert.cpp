#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace stepd {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "stepd: bug: %s does not hold (%s:%d). Restart continues from the last commit.\n", condition,
               file, line);
  std::abort();
}

}  // namespace stepd
