// The process that functions are started by. It is a program of its own with one thread, so that no function inherits
// anything of the daemon's memory or descriptors, and forking is safe; it runs no code of a function itself.
#pragma once

namespace stepd::functions {

/// The whole of a program that Launcher has started: it talks over kControlDescriptor and answers the exit code when
/// the daemon is gone, having killed every function. Thread: the process's only one, before any other was started.
int run_function_launcher();

}  // namespace stepd::functions
