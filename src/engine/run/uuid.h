// Random names, numbers and secrets of the engine. What they are for is not known here.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace stepd::run {

/// RFC 9562 version 4. Unique, but no secret: whoever knows many can guess the next. Thread: any.
std::string make_uuid();

/// RFC 9562 version 7, likewise: in the order of `now`, so that an index over names which are made one after another
/// grows at its end instead of changing a page anywhere for each. Thread: any.
std::string make_ordered_uuid(Instant now);

/// RFC 9562 version 5: always the same of the same text. Thread: any.
std::string uuid_of(std::string_view text);

/// Fast, and no secret. Thread: any.
std::uint64_t random_bits();

/// 16 bytes of the operating system's that nobody can guess. Thread: any.
std::string make_secret();

/// While it lives, all that is random on this thread comes from `seed`, and no secret is one. For simulations.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed);
  SeededRandom(const SeededRandom&) = delete;
  SeededRandom& operator=(const SeededRandom&) = delete;
  ~SeededRandom();

  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace stepd::run
