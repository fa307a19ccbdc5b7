// `stepd stop` and `stepd redrive`: end an execution, or let one that ended badly go on.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/history_view.h"

#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  std::string execution;
  std::string error;
  std::string cause;
  bool follow = false;
};

int ask(const Options& options, const char* operation, const char* done) {
  Remote remote(options.remote);
  const auto arn = remote.execution_arn(options.execution);
  if (!arn) return complain_of(arn.error(), remote);
  Json request{{"executionArn", *arn}};
  if (!options.error.empty()) request["error"] = options.error;
  if (!options.cause.empty()) request["cause"] = options.cause;
  const auto answer = remote.daemon.call(operation, request);
  if (!answer) return complain_of(answer.error(), remote);
  if (options.follow) {
    HistoryView view(remote, *arn);
    const auto end = view.follow();
    return end ? show_end(remote, *end) : complain_of(end.error(), remote);
  }
  remote.terminal.line(remote.json ? print_json(*answer) : short_name(*arn) + " " + done);
  return kSuccess;
}

std::shared_ptr<Options> declare(CLI::App& command) {
  auto options = std::make_shared<Options>();
  command.add_option("EXECUTION", options->execution, "ARN, MACHINE:NAME, or MACHINE for the one that started last")
      ->required();
  add_remote_options(command, options->remote);
  return options;
}

}  // namespace

void declare_stop(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("stop", "stop an execution");
  const auto options = declare(*command);
  command->add_option("--error", options->error, "error name that its history gets");
  command->add_option("--cause", options->cause, "cause that its history gets");
  command->callback([options, &exit_code] { exit_code = ask(*options, "StopExecution", "is stopped"); });
}

void declare_redrive(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("redrive", "let an execution that failed, timed out or was stopped go on where it ended");
  const auto options = declare(*command);
  command->add_flag("-f,--follow", options->follow, "show its events until it has ended again");
  command->callback([options, &exit_code] { exit_code = ask(*options, "RedriveExecution", "goes on"); });
}

}  // namespace stepd::daemon
