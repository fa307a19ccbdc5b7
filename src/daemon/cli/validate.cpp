// `stepd validate`: says what is wrong with definitions, configurations and templates, and changes nothing.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/report.h"
#include "daemon/cli/settings.h"
#include "daemon/config/config.h"
#include "daemon/definition_file.h"
#include "daemon/template_input/template_check.h"
#include "daemon/text_file.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

namespace stepd::daemon {
namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> settings;
  std::string config;
  std::string type = "STANDARD";
  bool json = false;
  bool sarif = false;
};

/// What comes from standard input has no name that tells.
asl::Format format_of(const std::string& name, const std::string& text) {
  if (name != "-") return asl::format_of(name);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text[first] == '{' || text[first] == '[') ? asl::Format::Json
                                                                                  : asl::Format::Yaml;
}

Result<std::string> read(const std::string& name) {
  if (name != "-") return read_text_file(name);
  return std::string{std::istreambuf_iterator<char>(std::cin), {}};
}

/// Without a configuration it is not known which functions, buckets, tables and topics there will be.
Result<DefinitionUse> read_use(const Options& options, const Substitutions& settings) {
  DefinitionUse use;
  if (options.type == "EXPRESS") use.type = storage::StateMachineType::Express;
  if (options.config.empty()) {
    use.check_tasks = [](const Json& definition) { return services::check_tasks(definition, nullptr); };
    return use;
  }
  STEPD_TRY(const auto loaded, load_config(options.config, std::nullopt, settings));
  use.check_tasks = [inventory = inventory_of(loaded.config)](const Json& definition) {
    return services::check_tasks(definition, &inventory);
  };
  return use;
}

Result<Examined> examine(const std::string& name, const std::vector<std::string>& parameters,
                         const Substitutions& settings, const DefinitionUse& use) {
  STEPD_TRY(std::string text, read(name));
  if (name != "-" && looks_like_template(name, text))
    return Examined{name, std::move(text), check_template(name, parameters)};
  const auto format = format_of(name, text);
  if (name != "-" && format == asl::Format::Yaml && looks_like_config(text)) {
    STEPD_TRY(auto loaded, load_config(name, std::nullopt, settings));
    return Examined{name, std::move(text), std::move(loaded.faults)};
  }
  auto faults = check_template_text(name == "-" ? "<stdin>" : name, text, format, use);
  return Examined{name, std::move(text), std::move(faults)};
}

int validate(const Options& options) {
  const auto settings = read_settings(options.settings);
  if (!settings) {
    std::cerr << "stepd: " << settings.error().cause << "\n";
    return kCannotRun;
  }
  const auto use = read_use(options, *settings);
  if (!use) {
    std::cerr << "stepd: " << use.error().cause << "\n";
    return kCannotRun;
  }
  int exit_code = kSuccess;
  std::vector<Examined> examined;
  for (const auto& name : options.files) {
    auto one = examine(name, options.settings, *settings, *use);
    if (!one) {
      std::cerr << "stepd: " << one.error().cause << "\n";
      exit_code = kCannotRun;
      continue;
    }
    if (!one->is_valid()) exit_code = std::max<int>(exit_code, kFailure);
    examined.push_back(*std::move(one));
  }
  const auto report = options.sarif ? report_sarif : options.json ? report_json : report_text;
  report(examined, std::cout);
  return exit_code;
}

}  // namespace

void declare_validate(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("validate", "check definitions (JSON, YAML), configurations and templates");
  command->add_option("FILE", options->files, "what to check; - reads standard input")->required();
  command->add_option("--set", options->settings,
                      "NAME=VALUE for the placeholder ${NAME} of configurations and the parameter NAME of templates");
  command->add_option("--config", options->config,
                      "configuration whose functions, buckets, tables and topics there are");
  command->add_option("--type", options->type, "type of the state machines whose definitions are checked")
      ->check(CLI::IsMember({"STANDARD", "EXPRESS"}))
      ->capture_default_str();
  auto* json = command->add_flag("--json", options->json, "print a JSON object for programs");
  command->add_flag("--sarif", options->sarif, "print SARIF 2.1.0 for editors")->excludes(json);
  command->footer(
      "Placeholders such as ${Name} may stand for any value. An error is what CreateStateMachine refuses; names of\n"
      "functions, buckets, tables and topics that the configuration does not have are warnings.\n"
      "Exit code: 0 all valid, 1 something is invalid, 2 something could not be read.");
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace stepd::daemon
