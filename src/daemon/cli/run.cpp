// `stepd run`: one execution of one definition in memory, for trying things out. Nothing of it is kept, but handlers
// of a configuration work on that configuration's buckets.
#include "base/payload.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/settings.h"
#include "daemon/cli/start_failure.h"
#include "daemon/cli/trace.h"
#include "daemon/config/config.h"
#include "daemon/definition_file.h"
#include "daemon/ending_watch.h"
#include "daemon/text_file.h"
#include "daemon/wiring.h"
#include "engine/run/arn.h"
#include "storage/memory/memory_store.h"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

struct Options {
  std::string file;
  std::string input = "{}";
  std::string config;
  std::string data;
  std::vector<std::string> substitutions;
  bool trace = false;
};

int complain(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

Result<std::string> read_input(const std::string& given) {
  std::string text = given;
  if (given == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (given.starts_with('@')) {
    STEPD_TRY(text, read_text_file(given.substr(1)));
  }
  const auto parsed = Payload::parse(text);
  if (!parsed) return AslError{"", "the input is no JSON: " + parsed.error().cause};
  return text;
}

/// Without a file: no functions, no buckets.
Result<LoadedConfig> read_config(const Options& options) {
  LoadedConfig none;
  none.config.origin = {"us-east-1", "123456789012"};
  none.config.workers.tasks = 2;
  none.config.image_workers.options.count = 2;
  if (options.config.empty()) return none;
  const auto data = options.data.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.data);
  STEPD_TRY(auto loaded, load_config(options.config, data));
  if (loaded.is_valid()) return loaded;
  std::string list;
  for (const auto& fault : loaded.faults) list += "\n" + to_text(fault);
  return AslError{"", "the configuration is not valid:" + list};
}

bool is_same(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

/// The configuration's own text, where the file is one of its definitions: its placeholders are filled in there.
Result<CheckedDefinition> read_definition(const Options& options, const LoadedConfig& loaded) {
  for (const auto& machine : loaded.config.state_machines) {
    if (!is_same(machine.file, options.file)) continue;
    CheckedDefinition checked{machine.definition, {}, {}};
    std::copy_if(loaded.faults.begin(), loaded.faults.end(), std::back_inserter(checked.faults),
                 [&](const Fault& fault) { return is_same(fault.file, options.file); });
    return checked;
  }
  STEPD_TRY(const Substitutions substitutions, read_settings(options.substitutions));
  const auto check_tasks = [inventory = inventory_of(loaded.config)](const Json& definition) {
    return services::check_tasks(definition, &inventory);
  };
  STEPD_TRY(auto checked,
            check_definition(options.file, substitutions, {storage::StateMachineType::Standard, check_tasks}));
  for (const auto& name : checked.unfilled) {
    std::cerr << options.file << ": warning: ${" << name << "} has no value; --set " << name << "=... gives it one\n";
  }
  return checked;
}

/// What a state machine is called that comes from this file.
std::string machine_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  name = name.substr(0, name.find('.'));
  return run::is_name(name) ? name : "definition";
}

int report(const storage::ExecutionRecord& record) {
  if (record.status == storage::ExecutionStatus::Succeeded) {
    std::cout << record.output.value_or("null") << "\n";
    return kSuccess;
  }
  static constexpr const char* kWords[] = {"", "running", "succeeded", "failed", "timed out", "aborted"};
  std::cerr << kWords[static_cast<std::size_t>(record.status)];
  if (record.error) std::cerr << ": " << *record.error;
  if (record.cause) std::cerr << ": " << *record.cause;
  std::cerr << "\n";
  return kFailure;
}

int execute(Config config, StateMachine machine, const std::string& input, bool traced) {
  const std::string arn = run::state_machine_arn(config.origin.region, config.origin.account, machine.name);
  config.state_machines = {std::move(machine)};
  config.rules.clear();  // one execution, and nothing that hangs on its end
  auto watch = std::make_unique<EndingWatch>(storage::open_memory());
  const auto ended = watch->first_end();
  Trace trace(std::cerr, isatty(STDERR_FILENO) != 0);
  Services services(config, std::move(watch), traced ? &trace : nullptr);
  services.engine->resume();
  install_state_machines(config, *services.engine, services.store->reader());
  services.courier.start();

  std::promise<run::Answer<run::StartedExecution>> promise;
  services.engine->start_execution({arn, std::nullopt, input, ""},
                                   [&promise](auto answer) { promise.set_value(std::move(answer)); });
  const auto started = promise.get_future().get();
  if (!started) return complain(started.error().message);
  ended.wait();
  const auto record = services.store->reader().execution(started->arn);
  services.engine->drain(std::chrono::milliseconds{0});
  services.courier.stop();
  services.courier.give_up();
  return report(*record);
}

int run(const Options& options) {
  spdlog::set_level(spdlog::level::warn);
  auto input = read_input(options.input);
  if (!input) return complain(input.error().cause);
  auto loaded = read_config(options);
  if (!loaded) return complain(loaded.error().cause);
  auto definition = read_definition(options, *loaded);
  if (!definition) return complain(definition.error().cause);
  for (const auto& fault : definition->faults) std::cerr << to_text(fault) << "\n";
  if (!definition->is_valid()) return kFailure;
  StateMachine machine;
  machine.name = machine_name(options.file);
  machine.file = options.file;
  machine.definition = std::move(definition->json);
  machine.role_arn = "arn:aws:iam::" + loaded->config.origin.account + ":role/stepd";
  try {
    return execute(std::move(loaded->config), std::move(machine), *input, options.trace);
  } catch (const std::exception& error) {
    return complain(why_not_started(error));
  }
}

}  // namespace

void declare_run(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("run", "run one execution in memory and print its output");
  command->add_option("FILE", options->file, "the definition, JSON or YAML")->required();
  command->add_option("--input", options->input, "JSON, @file, or - for standard input")->capture_default_str();
  command->add_option("--config", options->config, "configuration whose functions and buckets are used");
  command->add_option("--data", options->data, "data directory of that configuration");
  command->add_option("--set", options->substitutions, "NAME=VALUE for the placeholder ${NAME}");
  command->add_flag("--trace", options->trace, "tell on standard error what each state gets, computes and gives");
  command->footer("Exit code: 0 succeeded, 1 failed or invalid, 2 could not run. Waits really wait.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace stepd::daemon
