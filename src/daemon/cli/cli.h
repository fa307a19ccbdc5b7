// The command line: which commands there are, and what the process says with its exit code.
#pragma once

namespace stepd::daemon {

/// What every command ends with.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,    ///< what was asked for was done and the answer is no: invalid, failed, a fatal error while serving
  kCannotRun = 2,  ///< wrong usage, unreadable files, a configuration that is wrong, an address in use
};

int run_cli(int argc, char** argv);

}  // namespace stepd::daemon
