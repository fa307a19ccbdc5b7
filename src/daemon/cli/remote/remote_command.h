// What the commands against a daemon that runs have in common: their options, how they name things, and how they say
// what went wrong.
#pragma once

#include "daemon/cli/remote/daemon_client.h"
#include "daemon/cli/terminal.h"

#include <memory>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace stepd::daemon {

struct RemoteOptions {
  std::string endpoint;  ///< empty: STEPD_ENDPOINT, else where the configuration says that the daemon listens
  std::string config;    ///< empty: the one that `stepd serve` would take
  bool json = false;
};

/// Adds --endpoint, --config and --json.
void add_remote_options(CLI::App& command, RemoteOptions& options);

/// What a command works with. Thread: one.
struct Remote {
  explicit Remote(const RemoteOptions& options);

  DaemonClient daemon;
  Terminal terminal;
  bool json = false;

  /// The ARN of a state machine by its ARN or name. Error: `NotFound`.
  Result<std::string> machine_arn(const std::string& machine);
  /// The ARN of an execution by its ARN, or `MACHINE:NAME`; `MACHINE` alone is the one that was started last.
  Result<std::string> execution_arn(const std::string& execution);
};

/// Says what went wrong on standard error, in one line, with what to do where that is known; answers the exit code.
int complain_of(const AslError& error, const Remote& remote);

/// `...:MACHINE:NAME` of an execution's ARN as `MACHINE:NAME`.
std::string short_name(std::string_view execution_arn);

}  // namespace stepd::daemon
