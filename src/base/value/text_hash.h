// The hash of member names and of values. Its key is random for each process, so that an attacker cannot prepare names
// that collide. Nothing that is stored or printed may depend on it.
#pragma once

#include <cstdint>
#include <string_view>

namespace stepd {

/// Thread: any.
std::uint64_t hash_text(std::string_view text);
/// The order of the two matters.
std::uint64_t mix_hashes(std::uint64_t a, std::uint64_t b);

/// Fixes the key, for tests. Values and Keys from before are not found any more; no other thread may be hashing.
void set_hash_seed(std::uint64_t seed);

}  // namespace stepd
