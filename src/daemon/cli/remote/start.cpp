// `stepd start`: starts an execution, and waits for it if that is wanted.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/history_view.h"
#include "daemon/text_file.h"

#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  std::string machine;
  std::string input = "{}";
  std::string name;
  bool follow = false;
};

Result<std::string> read_input(const std::string& given) {
  if (given == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (given.starts_with('@')) return read_text_file(given.substr(1));
  return given;
}

int start_and_wait(Remote& remote, const Json& request) {
  const auto ended = remote.daemon.call("StartSyncExecution", request);
  if (!ended) return complain_of(ended.error(), remote);
  if (remote.json) remote.terminal.line(print_json(*ended));
  return show_end(remote, *ended);
}

int start(const Options& options) {
  Remote remote(options.remote);
  const auto input = read_input(options.input);
  if (!input) {
    std::cerr << "stepd: " << input.error().cause << "\n";
    return kCannotRun;
  }
  const auto machine = remote.machine_arn(options.machine);
  if (!machine) return complain_of(machine.error(), remote);
  Json request{{"stateMachineArn", *machine}, {"input", *input}};
  if (!options.name.empty()) request["name"] = options.name;
  if (options.follow) {
    const auto described = remote.daemon.call("DescribeStateMachine", {{"stateMachineArn", *machine}});
    if (!described) return complain_of(described.error(), remote);
    if (described->at("type") == "EXPRESS") return start_and_wait(remote, request);
  }
  const auto started = remote.daemon.call("StartExecution", request);
  if (!started) return complain_of(started.error(), remote);
  const auto arn = started->at("executionArn").get<std::string>();
  if (!options.follow) {
    remote.terminal.line(remote.json ? print_json(*started) : arn);
    return kSuccess;
  }
  HistoryView view(remote, arn);
  const auto end = view.follow();
  return end ? show_end(remote, *end) : complain_of(end.error(), remote);
}

}  // namespace

void declare_start(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("start", "start an execution and print its ARN");
  command->add_option("MACHINE", options->machine, "name or ARN of the state machine, or of a version or an alias")
      ->required();
  command->add_option("INPUT", options->input, "JSON, @FILE, or - for standard input")->capture_default_str();
  command->add_option("--name", options->name, "of the execution; a second start by one name starts nothing new");
  command->add_flag(
      "-f,--follow", options->follow,
      "show its events until it has ended, or the result of an EXPRESS one; exit code 1 if it has failed");
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = start(*options); });
}

}  // namespace stepd::daemon
