// Random names and numbers of the engine. Nothing of it is a secret.
#pragma once

#include <cstdint>
#include <string>

namespace stepd::run {

/// RFC 9562 version 4. Thread: any.
std::string make_uuid();

/// Thread: any.
std::uint64_t random_bits();

}  // namespace stepd::run
