// `stepd serve`: the daemon, from its configuration to its end.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/serving.h"
#include "daemon/cli/settings.h"
#include "daemon/cli/start_failure.h"
#include "daemon/config/config.h"
#include "daemon/config/config_search.h"
#include "daemon/greeting.h"
#include "daemon/log_format.h"
#include "daemon/signals.h"
#include "daemon/text_file.h"
#include "daemon/wiring.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace stepd::daemon {
namespace {

struct Options {
  std::string config;
  std::string data;
  std::string listen;
  std::string log_level = "info";
  std::string log_format = "text";
  std::vector<std::string> settings;
  bool allow_remote = false;
  bool paused = false;
};

int complain(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

std::string nowhere() {
  std::string text = "there is no configuration; name one with --config. Looked for:";
  for (const auto& place : config_places()) text += "\n  " + place.string();
  return text;
}

/// Sets `exit_code` where it answers nothing.
std::optional<Config> configure(const Options& options, int& exit_code) {
  const auto file = options.config.empty() ? find_config() : std::optional<std::filesystem::path>(options.config);
  if (!file) {
    exit_code = complain(nowhere());
    return std::nullopt;
  }
  const auto settings = read_settings(options.settings);
  if (!settings) {
    exit_code = complain(settings.error().cause);
    return std::nullopt;
  }
  auto loaded = load_config(
      *file, options.data.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.data), *settings);
  if (!loaded) {
    exit_code = complain(loaded.error().cause);
    return std::nullopt;
  }
  for (const auto& fault : loaded->faults) std::cerr << to_text(fault) << "\n";
  if (!loaded->is_valid()) {
    exit_code = complain("the configuration is not valid; nothing was started");
    return std::nullopt;
  }
  Config config = std::move(loaded->config);
  config.paused = options.paused;
  const auto listening = set_listen(config.listen, options.listen, options.allow_remote);
  if (!listening) {
    exit_code = complain(listening.error().cause);
    return std::nullopt;
  }
  return config;
}

/// Clients put `sync-` before the host of two operations (docs/clients.md). Only the file is looked at: asking a name
/// server could take a while.
void tell_of_prefix() {
  const auto hosts = read_text_file("/etc/hosts");
  if (hosts && hosts->find("sync-localhost") != std::string::npos) return;
  spdlog::info(
      "AWS's clients send StartSyncExecution and TestState to sync-localhost: the line \"127.0.0.1 sync-localhost\" in "
      "/etc/hosts serves them all, docs/clients.md has other ways");
}

/// What a service manager allows beyond the few descriptors that programs begin with; half of them are for connections.
void take_more_descriptors() {
  constexpr rlim_t kEnough = 65'536;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kEnough) return;
  files.rlim_cur = std::min(files.rlim_max, kEnough);
  setrlimit(RLIMIT_NOFILE, &files);
}

void run_daemon(const Config& config, const Introduce& introduce) {
  take_more_descriptors();
  Signals signals;
  Daemon daemon(config, [&signals] { signals.raise_fatal(); });
  daemon.start();
  std::cout << introduce(daemon.port()) << std::flush;
  tell_of_prefix();
  if (signals.wait() == Signals::Reason::Fatal) {
    // Nothing can be stored any more, so there is nothing to drain; what was acknowledged is on disk.
    spdlog::critical("the store in {} has failed: stepd ends; see the messages above", config.data.string());
    spdlog::shutdown();
    std::_Exit(kFailure);
  }
  spdlog::info("asked to end: finishing what runs, for at most {} s; once more ends at once",
               std::chrono::duration_cast<std::chrono::seconds>(config.workers.drain).count());
  daemon.drain();
  spdlog::info("ended");
}

}  // namespace

Result<void> set_listen(Listen& listen, const std::string& given, bool allow_remote) {
  if (!given.empty()) {
    const auto parsed = parse_listen(given, listen);
    if (!parsed) return AslError{"", "--listen: " + parsed.error().cause};
  }
  listen.allow_remote = listen.allow_remote || allow_remote;
  if (is_loopback(listen.address) || listen.allow_remote) return {};
  return AslError{"", "whoever reaches " + listen.address +
                          " could start executions and read every object: there is no password. If that is meant, say "
                          "--allow-remote, or allow_remote: true in the configuration"};
}

int serve_until_asked(const Config& config, const Introduce& introduce) {
  try {
    run_daemon(config, introduce);
    return kSuccess;
  } catch (const std::exception& error) {
    return complain(why_not_started(error));
  }
}

namespace {

int serve(const Options& options) {
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  set_log_format(options.log_format == "json" ? LogFormat::Json : LogFormat::Text);
  int exit_code = kCannotRun;
  const auto config = configure(options, exit_code);
  if (!config) return exit_code;
  return serve_until_asked(*config, [&](std::uint16_t port) { return greeting(*config, port); });
}

}  // namespace

void declare_serve(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("serve", "run the daemon");
  command->add_option("--config", options->config, "configuration file; see below where it is looked for");
  command->add_option("--data", options->data, "data directory (default: the configuration's, else ./data)");
  command->add_option("--listen", options->listen, "HOST:PORT (default: the configuration's, else 127.0.0.1:8083)");
  command->add_option("--set", options->settings, "NAME=VALUE for the placeholder ${NAME} of every definition");
  command->add_flag("--allow-remote", options->allow_remote, "listen on an address that others can reach");
  command->add_flag("--paused", options->paused,
                    "run nothing: executions can be looked at, stopped and deleted, but none is carried on or started");
  command->add_option("--log-level", options->log_level, "trace, debug, info, warning, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  command
      ->add_option("--log-format", options->log_format,
                   "text, or json: an object a line, with the ARN of its execution")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  std::string footer = "Without --config the first of these that exists is used:";
  for (const auto& place : config_places()) footer += "\n  " + place.string();
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace stepd::daemon
