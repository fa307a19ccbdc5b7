// What a process that touches hostile bytes gives up before it sees the first of them. Each fence stands by itself;
// where the kernel lacks one the others hold, and the answer says which do.
#pragma once

#include <cstdint>
#include <string>

namespace stepd::tasks::workers {

struct Confinement {
  std::uint64_t memory = 0;       ///< bytes of address space, beyond what the process has already
  std::uint64_t file_bytes = 0;   ///< that a result may have
  std::uint64_t cpu_seconds = 0;  ///< over the life of one process
  std::uint32_t processes = 1;    ///< workers that share the limit of threads
};

/// Plain, as it is sent between processes.
struct Fences {
  std::int32_t landlock = 0;   ///< the kernel's version of Landlock, 0 without
  bool own_namespace = false;  ///< user and network
  bool own_user = false;       ///< no longer root
  bool thread_limit = false;   ///< RLIMIT_NPROC, where it counts nothing but the workers
};

/// For the process that workers are forked from, and inherited by them: another user if it is root, one that
/// nothing else runs as; namespaces of its
/// own without a network, Landlock, limits of resources, no privileges, no core dumps. It may still fork.
/// Thread: the process's only one. Throws std::system_error where a fence fails that every kernel has.
Fences confine_process(const Confinement& confinement);

/// For a worker, after confine_process(): from here on the kernel kills it for any system call that work on pictures
/// does not need; files cannot be opened, but for reading fonts where Landlock guards the rest.
/// Thread: the process's only one. Throws std::system_error.
void confine_system_calls(const Fences& fences);

/// For the log: which fences stand, and which do not.
std::string describe(const Fences& fences);

}  // namespace stepd::tasks::workers
