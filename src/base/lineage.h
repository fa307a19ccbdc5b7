// Lineage: how far an execution is from what began everything that led to it. It bounds executions that start each
// other, directly or by the objects that they write and the events that they raise.
#pragma once

#include <cstdint>

namespace stepd {

struct Lineage {
  std::uint32_t depth = 0;  ///< starts between the first execution of the lineage and this one; 0: begun from outside
  std::uint32_t echoes =
      0;  ///< of these, those by an event: an object that an execution wrote, or an execution's status

  /// Of an execution that one of this lineage starts.
  Lineage of_child() const { return {depth + 1, echoes}; }
  /// Of an execution that an event starts which one of this lineage caused.
  Lineage of_echo() const { return {depth + 1, echoes + 1}; }

  friend bool operator==(const Lineage&, const Lineage&) = default;
};

namespace limits {
inline constexpr std::uint32_t kEventDepth = 16;  ///< echoes from which on no more is started, as AWS ends loops
}

}  // namespace stepd
