// A process and all that it has started, as /proc shows them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stepd::functions {

/// Processes of a tree that are looked at; see TreeMemory::crowded.
inline constexpr std::size_t kTreeMax = 512;

/// `root` first, then its descendants that are still reachable from it.
std::vector<pid_t> process_tree(pid_t root);

struct TreeMemory {
  std::uint64_t bytes = 0;  ///< resident; what several processes share is counted once if that would exceed `limit`
  bool crowded = false;     ///< there are kTreeMax processes or more, and `bytes` was not counted
};
/// `with_root`: false if the root is not the function's own process but the first one of its view.
TreeMemory tree_memory(pid_t root, std::uint64_t limit, bool with_root);

}  // namespace stepd::functions
