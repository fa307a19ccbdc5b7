// What a process gives up before it becomes a function. What functions are not kept from is the network, and the
// daemon's own API, which is how they reach buckets and tables.
#pragma once

#include "functions/launch/launch_orders.h"

namespace stepd::functions {

/// Prepared once, put in force in every process.
class SystemCallFilter {
 public:
  /// Refuses what no function needs and what leads out of the sandbox: tracing, mounts, namespaces, kernel modules,
  /// clocks, keys, BPF, io_uring. Everything else is allowed. Throws std::system_error.
  SystemCallFilter();
  ~SystemCallFilter();
  SystemCallFilter(const SystemCallFilter&) = delete;
  SystemCallFilter& operator=(const SystemCallFilter&) = delete;

  /// Needs no_new_privs. Throws std::system_error.
  void put_in_force() const;

 private:
  void* context_ = nullptr;
};

/// For the process that becomes the function, after it has its view, if `fences` has one; it keeps standard descriptors
/// and the one of framed lines. User, capabilities, privileges, files (Landlock), system calls.
/// Thread: the process's only one. Throws std::system_error.
void confine_function(const Launch& launch, const FunctionFences& fences, const SystemCallFilter& filter);

/// Limits of resources, core dumps among them. What follows is the function's program: this one may hold more than it
/// allows already. Throws std::system_error.
void limit_function(const Launch& launch, const FunctionFences& fences);

}  // namespace stepd::functions
