// `stepd version`: one line.
#include "daemon/cli/commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace stepd::daemon {

void declare_version(CLI::App& app, int&) {
  app.add_subcommand("version", "print the version")->callback([] { std::cout << "stepd " STEPD_VERSION "\n"; });
}

}  // namespace stepd::daemon
