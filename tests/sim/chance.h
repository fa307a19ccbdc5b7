// What a simulation draws: all of it from one seed.
#pragma once

#include <cstdint>
#include <random>

namespace stepd::test {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  /// Below `limit`, which is above 0.
  std::uint64_t draw(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t chances) { return draw(chances) == 0; }
  template <class List>
  auto& pick(List& from) {
    return from[draw(from.size())];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace stepd::test
