// `stepd logs`: what log groups hold, over the API of CloudWatch Logs.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/remote_command.h"

#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <vector>

namespace stepd::daemon {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{1'000};

struct Options {
  RemoteOptions remote;
  std::string group;
  std::string filter;
  double minutes = 60;
  bool follow = false;
};

std::int64_t now_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int list_groups(Remote& remote) {
  Json arguments = Json::object();
  for (;;) {
    const auto page = remote.daemon.call_service("Logs_20140328.DescribeLogGroups", arguments);
    if (!page) return complain_of(page.error(), remote);
    for (const auto& group : page->at("logGroups")) {
      remote.terminal.line(remote.json ? print_json(group) : printable(group.at("logGroupName").get<std::string>()));
    }
    if (!page->contains("nextToken")) return kSuccess;
    arguments["nextToken"] = (*page)["nextToken"];
  }
}

/// The events from a moment on, each once.
class LogTail {
 public:
  LogTail(Remote& remote, const Options& options)
      : remote_(remote),
        options_(options),
        since_(now_milliseconds() - static_cast<std::int64_t>(options.minutes * 60'000)) {}

  Result<void> print_new() {
    Json arguments{{"logGroupName", options_.group}, {"startTime", since_}};
    if (!options_.filter.empty()) arguments["filterPattern"] = options_.filter;
    for (;;) {
      const auto page = remote_.daemon.call_service("Logs_20140328.FilterLogEvents", arguments);
      if (!page) return page.error();
      for (const auto& event : page->at("events")) print(event);
      if (!page->contains("nextToken")) break;
      arguments["nextToken"] = (*page)["nextToken"];
    }
    remote_.terminal.out() << std::flush;
    return {};
  }

 private:
  void print(const Json& event) {
    const auto at = event.at("timestamp").get<std::int64_t>();
    if (at > since_) {
      // Later questions begin with this millisecond, whose events are known by then.
      since_ = at;
      seen_.clear();
    }
    if (!seen_.insert(event.at("eventId").get<std::string>()).second) return;
    if (remote_.json) return remote_.terminal.line(print_json(event));
    remote_.terminal.line(remote_.terminal.paint(shown_date(static_cast<double>(at) / 1000), Colour::Dim) + "  " +
                          printable(event.at("message").get<std::string>(), 100'000));
  }

  Remote& remote_;
  const Options& options_;
  std::int64_t since_;
  std::set<std::string> seen_;  ///< ids of the events of the millisecond `since_`
};

int show(const Options& options) {
  Remote remote(options.remote);
  if (options.group.empty()) return list_groups(remote);
  LogTail tail(remote, options);
  for (;;) {
    if (const auto printed = tail.print_new(); !printed) return complain_of(printed.error(), remote);
    if (!options.follow) return kSuccess;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace

void declare_logs(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("logs", "show what a log group holds; without one, list the log groups");
  command->add_option("GROUP", options->group, "name of the log group, such as /stepd/image-pipeline");
  command->add_option("--filter", options->filter,
                      "filter pattern of CloudWatch Logs: words, or { $.type = \"TaskFailed\" }");
  command->add_option("--minutes", options->minutes, "how far back")
      ->check(CLI::Range(0.0, 5'256'000.0))
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "go on with what is logged from now on");
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace stepd::daemon
