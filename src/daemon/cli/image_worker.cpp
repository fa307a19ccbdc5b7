// `stepd image-worker`: the program of the image workers. The daemon starts it; it is of no use to people.
#include "daemon/cli/commands.h"
#include "tasks/workers/worker.h"

#include <CLI/CLI.hpp>

namespace stepd::daemon {

void declare_image_worker(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("image-worker", "started by the daemon to work on pictures");
  command->group("");  // not in --help
  command->callback([&exit_code] { exit_code = tasks::workers::run_image_workers(); });
}

}  // namespace stepd::daemon
