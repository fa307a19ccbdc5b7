// `stepd import`: feeds a folder of files into a bucket of this machine, shows how far it is, and says how the
// executions ended. The daemon may run meanwhile, and has to for the latter.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/start_failure.h"
#include "daemon/config/config.h"
#include "daemon/config/config_search.h"
#include "daemon/import/importer.h"
#include "engine/run/arn.h"
#include "storage/local/local_objects.h"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  std::string folder;
  std::string bucket;
  std::string config;
  std::string data;
  std::string endpoint;
  Selection selection;
  unsigned jobs = 4;
  bool no_wait = false;
  bool dry_run = false;
  bool json = false;
};

std::atomic<bool> interrupted{false};

void interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);  // the second one ends it at once
}

int complain(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

Result<Config> read_config(const Options& options) {
  const auto file = options.config.empty() ? find_config() : std::optional<std::filesystem::path>(options.config);
  if (!file) return AslError{"", "there is no configuration; name one with --config"};
  const auto data = options.data.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.data);
  STEPD_TRY(auto loaded, load_config(*file, data));
  if (loaded.is_valid()) return std::move(loaded.config);
  std::string list;
  for (const auto& fault : loaded.faults) list += "\n" + to_text(fault);
  return AslError{"", "the configuration is not valid:" + list};
}

Result<Bucket> find_bucket(const Config& config, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& bucket : config.buckets) {
    if (bucket.name == name) return bucket;
    known.push_back(bucket.name);
  }
  return AslError{"", "there is no bucket '" + name + "' in " + config.file.string() + suggestion(name, known)};
}

/// Where a daemon of this configuration is asked.
std::string daemon_url(const Config& config, const std::string& given) {
  if (!given.empty()) return given.ends_with('/') ? given.substr(0, given.size() - 1) : given;
  const auto& address = config.listen.address;
  const bool any = address == "0.0.0.0" || address == "::";
  return url_of(any ? "127.0.0.1" : address, config.listen.port);
}

void show_plan(const Source& source, const Options& options) {
  if (options.json) {
    Json files = Json::array();
    for (const auto& file : source.files)
      files.push_back({{"file", file.name}, {"key", file.key}, {"size", file.size_bytes}});
    std::cout << print_json(Json{{"files", std::move(files)}, {"refused", source.refused}}) << "\n";
    return;
  }
  for (const auto& file : source.files) std::cout << file.name << " -> " << options.bucket << "/" << file.key << "\n";
}

void show_result(const Importer& importer, const Source& source, const Options& options) {
  const auto& counts = importer.counts();
  if (options.json) {
    Json failures = Json::array();
    for (const auto& each : importer.failures()) failures.push_back({{"file", each.file}, {"why", each.why}});
    std::cout << print_json(Json{{"total", counts.total},
                                 {"skipped", counts.skipped},
                                 {"done", counts.done},
                                 {"failed", counts.failed},
                                 {"waiting", counts.placed},
                                 {"interrupted", interrupted.load()},
                                 {"failures", std::move(failures)},
                                 {"refused", source.refused}})
              << "\n";
    return;
  }
  for (const auto& each : importer.failures()) std::cout << "failed: " << each.file << ": " << each.why << "\n";
  std::cout << counts.done << " done, " << counts.failed << " failed";
  if (counts.skipped > 0) std::cout << ", " << counts.skipped << " done before";
  if (counts.placed > 0) std::cout << ", " << counts.placed << " in the bucket and not at their end";
  std::cout << "\n";
}

/// Those whose executions can be asked for: EXPRESS ones leave nothing behind.
triggers::Rules followed_rules(const Config& config) {
  const auto is_express = [&](const auto& rule) {
    return std::any_of(config.state_machines.begin(), config.state_machines.end(), [&](const StateMachine& machine) {
      const auto arn = run::state_machine_arn(config.origin.region, config.origin.account, machine.name);
      return machine.type == storage::StateMachineType::Express && arn == rule.state_machine_arn;
    });
  };
  auto rules = config.rules;
  auto notifications = config.notifications;
  std::erase_if(rules, is_express);
  std::erase_if(notifications, is_express);
  return {config.origin, std::move(rules), std::move(notifications)};
}

int import_files(const Options& options, const Config& config, const Bucket& bucket, const Source& source) {
  Outcomes outcomes(daemon_url(config, options.endpoint));
  const bool answers = outcomes.answers();
  if (!answers && !options.endpoint.empty()) return complain("no daemon answers at " + outcomes.url());
  if (!answers && bucket.watch) {
    std::cerr << "stepd: no daemon answers at " << outcomes.url()
              << ": the files begin to be worked on when one runs\n";
  }
  const auto folder = std::filesystem::weakly_canonical(options.folder);
  const auto digest = to_hex(sha256_of_parts({"import", folder.string(), options.bucket, options.selection.prefix}));
  auto journal =
      ImportJournal::open(config.data / "imports" / (options.bucket + "-" + digest.substr(0, 16) + ".jsonl"));
  if (!journal) return complain(journal.error().cause);
  const auto objects = storage::open_local_objects({{bucket.name, bucket.path}});
  const auto rules = followed_rules(config);
  const ImportTask task{folder, bucket.name, bucket.watch, options.jobs, answers && !options.no_wait};
  Importer importer(task, *objects, rules, **journal, outcomes);
  Progress progress(std::cerr, isatty(STDERR_FILENO) != 0);
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  importer.run(source.files, interrupted, [&](const Counts& counts) { progress.show(counts); });
  progress.close(importer.counts());
  show_result(importer, source, options);
  if (interrupted) std::cerr << "stepd: interrupted; the same command goes on where this one ended\n";
  if (importer.lost_daemon()) std::cerr << "stepd: the daemon at " << outcomes.url() << " answers no more\n";
  const bool good = importer.counts().failed == 0 && source.refused.empty() && !interrupted && !importer.lost_daemon();
  return good ? kSuccess : kFailure;
}

int import_folder(const Options& options) {
  spdlog::set_level(spdlog::level::warn);
  const auto config = read_config(options);
  if (!config) return complain(config.error().cause);
  const auto bucket = find_bucket(*config, options.bucket);
  if (!bucket) return complain(bucket.error().cause);
  Selection selection = options.selection;
  if (bucket->watch) selection.inbox = triggers::IgnorePatterns(bucket->ignore);
  const auto source = list_source(options.folder, selection);
  if (!source) return complain(source.error().cause);
  for (const auto& refused : source->refused) std::cerr << "stepd: left out: " << refused << "\n";
  if (options.dry_run) {
    show_plan(*source, options);
    return kSuccess;
  }
  try {
    return import_files(options, *config, *bucket, *source);
  } catch (const std::exception& error) {
    return complain(why_not_started(error));
  }
}

}  // namespace

void declare_import(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("import", "feed a folder of files into a bucket");
  command->add_option("DIR", options->folder, "the folder; it is only read")->required();
  command->add_option("--bucket", options->bucket, "bucket of the configuration")->required();
  command->add_option("--prefix", options->selection.prefix, "put before every key, for instance 2026/");
  command->add_option("--include", options->selection.include, "only files that match, e.g. '*.jpg'; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--exclude", options->selection.exclude, "no file that matches; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--jobs", options->jobs, "files at once")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--no-wait", options->no_wait, "do not wait for the executions");
  command->add_flag("--dry-run", options->dry_run, "only list what would be imported, and under which keys");
  command->add_flag("--json", options->json, "print the result as one JSON object");
  command->add_option("--config", options->config, "configuration file; looked for as serve does");
  command->add_option("--data", options->data, "data directory (default: the configuration's, else ./data)");
  command->add_option(
      "--endpoint-url", options->endpoint,
      "where the daemon is asked for outcomes (default: the configuration's listen); it must answer then");
  command->footer(
      "Exit code: 0 all done, 1 something failed, was left out or interrupted, 2 could not run.\n"
      "Interrupted, the same command goes on: what is done is skipped, what failed is tried again.");
  command->callback([options, &exit_code] { exit_code = import_folder(*options); });
}

}  // namespace stepd::daemon
