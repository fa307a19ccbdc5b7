// A process and all that it has started, as /proc shows them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stepd::functions {

/// Descendants looked at; a process that has more is treated as if it had so many.
inline constexpr std::size_t kTreeMax = 1'100;

/// `root` first, then its descendants that are still reachable from it.
std::vector<pid_t> process_tree(pid_t root);

struct TreeMemory {
  std::uint64_t bytes = 0;  ///< resident; what several processes share is counted once if that would exceed `limit`
  std::size_t processes = 0;
};
/// `with_root`: false if the root is not the function's own process but the first one of its view.
TreeMemory tree_memory(pid_t root, std::uint64_t limit, bool with_root);

}  // namespace stepd::functions
