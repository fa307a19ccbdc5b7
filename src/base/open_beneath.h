// Opens a file beneath a directory. No path or link leads out of the directory.
#pragma once

#include "base/descriptor.h"

#include <cstdint>
#include <string>

namespace stepd {

/// openat2(2) of `name` beneath `directory`. Symbolic and magic links are not followed, `..` cannot leave `directory`,
/// and a lookup that a concurrent rename disturbs is repeated. The descriptor is closed on exec. On failure it is empty
/// and errno says why.
Descriptor open_beneath(int directory, const std::string& name, std::uint64_t flags);

}  // namespace stepd
