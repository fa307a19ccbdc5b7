// `stepd function-launcher`: the program that functions of one's own code are started by. The daemon starts it; it is
// of no use to people.
#include "daemon/cli/commands.h"
#include "functions/launch/launch_program.h"

#include <CLI/CLI.hpp>

namespace stepd::daemon {

void declare_function_launcher(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("function-launcher", "started by the daemon to start functions");
  command->group("");  // not in --help
  command->callback([&exit_code] { exit_code = functions::run_function_launcher(); });
}

}  // namespace stepd::daemon
