// `stepd ps`: what runs, and what ran last.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/remote_command.h"

#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  std::string machine;
  std::string status;
  bool all = false;
  std::size_t count = 20;
};

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Of one machine, newest first.
Result<void> collect(Remote& remote, const std::string& machine_arn, const Options& options, std::vector<Json>& found) {
  Json arguments{{"stateMachineArn", machine_arn}, {"maxResults", std::min<std::size_t>(options.count, 1000)}};
  if (!options.status.empty()) arguments["statusFilter"] = options.status;
  if (options.status.empty() && !options.all) arguments["statusFilter"] = "RUNNING";
  std::size_t seen = 0;
  return remote.daemon.pages("ListExecutions", std::move(arguments), [&](const Json& page) {
    for (const auto& each : page.at("executions")) {
      if (seen++ < options.count) found.push_back(each);
    }
    return seen < options.count;
  });
}

Result<std::vector<std::string>> machines_of(Remote& remote, const Options& options) {
  if (!options.machine.empty()) {
    const auto arn = remote.machine_arn(options.machine);
    if (!arn) return arn.error();
    return std::vector<std::string>{*arn};
  }
  std::vector<std::string> arns;
  const auto listed = remote.daemon.pages("ListStateMachines", {{"maxResults", 1000}}, [&](const Json& page) {
    for (const auto& each : page.at("stateMachines")) {
      if (each.at("type") == "STANDARD") arns.push_back(each.at("stateMachineArn").get<std::string>());
    }
    return true;
  });
  if (!listed) return listed.error();
  return arns;
}

void show(const Remote& remote, const std::vector<Json>& executions, bool all) {
  if (executions.empty()) {
    remote.terminal.line(all ? "There are no executions." : "Nothing runs. `stepd ps --all` shows what has ended.");
    return;
  }
  std::vector<std::vector<Cell>> rows;
  for (const auto& each : executions) {
    const auto status = each.at("status").get<std::string>();
    const auto started = each.at("startDate").get<double>();
    const auto stopped = each.contains("stopDate") ? each.at("stopDate").get<double>() : now_seconds();
    rows.push_back({{status, colour_of(status)},
                    {shown_date(started), Colour::Plain},
                    {shown_span(stopped - started), Colour::Plain},
                    {short_name(each.at("executionArn").get<std::string>()), Colour::Bold}});
  }
  remote.terminal.table({"STATUS", "STARTED", "TOOK", "EXECUTION"}, rows);
}

int list(const Options& options) {
  Remote remote(options.remote);
  const auto machines = machines_of(remote, options);
  if (!machines) return complain_of(machines.error(), remote);
  std::vector<Json> executions;
  for (const auto& machine : *machines) {
    if (const auto done = collect(remote, machine, options, executions); !done)
      return complain_of(done.error(), remote);
  }
  std::stable_sort(executions.begin(), executions.end(),
                   [](const Json& a, const Json& b) { return a.at("startDate") > b.at("startDate"); });
  if (executions.size() > options.count) executions.resize(options.count);
  if (!remote.json) {
    show(remote, executions, options.all);
  } else {
    for (const auto& each : executions) remote.terminal.line(print_json(each));
  }
  return kSuccess;
}

}  // namespace

void declare_ps(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("ps", "list executions of a daemon that runs");
  command->add_option("MACHINE", options->machine, "name or ARN of a state machine; without it those of all");
  command->add_flag("-a,--all", options->all, "those that have ended too");
  command->add_option("--status", options->status, "only those of that status")
      ->check(CLI::IsMember({"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"}));
  command->add_option("-n,--count", options->count, "how many at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = list(*options); });
}

}  // namespace stepd::daemon
