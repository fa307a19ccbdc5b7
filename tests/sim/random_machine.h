// State machines made from a seed: every state type, nested, with retries and catchers; each of them ends.
#pragma once

#include "base/json.h"

#include <cstdint>

namespace stepd::test {

/// The same seed makes the same machine.
Json random_machine(std::uint64_t seed);

}  // namespace stepd::test
