// Opening what lies beneath a directory without ever being led out of it.
#pragma once

#include "base/descriptor.h"

#include <cstdint>
#include <string>

namespace stepd {

/// openat2(2) of `name` beneath `directory`: no symbolic or magic link on the way is followed, `..` leads nowhere
/// above, and a lookup that a rename elsewhere disturbed is repeated. Always closed on exec. On failure the descriptor
/// is empty and errno says why.
Descriptor open_beneath(int directory, const std::string& name, std::uint64_t flags);

}  // namespace stepd
