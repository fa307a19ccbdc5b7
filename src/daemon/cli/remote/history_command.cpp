// `stepd history`: what an execution has done, and does.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/history_view.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  std::string execution;
  bool follow = false;
};

int show(const Options& options) {
  Remote remote(options.remote);
  const auto arn = remote.execution_arn(options.execution);
  if (!arn) return complain_of(arn.error(), remote);
  HistoryView view(remote, *arn);
  if (options.follow) {
    const auto end = view.follow();
    return end ? show_end(remote, *end) : complain_of(end.error(), remote);
  }
  const auto printed = view.print_new();
  return printed ? kSuccess : complain_of(printed.error(), remote);
}

}  // namespace

void declare_history(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("history", "show the events of an execution: number, seconds since its start, kind");
  command->add_option("EXECUTION", options->execution, "ARN, MACHINE:NAME, or MACHINE for the one that started last")
      ->required();
  command->add_flag("-f,--follow", options->follow, "go on until it has ended; exit code 1 if it has not succeeded");
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace stepd::daemon
