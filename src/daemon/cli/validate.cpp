// `stepd validate`: says what is wrong with definitions and configurations, and changes nothing.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/config/config.h"
#include "daemon/definition_file.h"
#include "daemon/text_file.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

namespace stepd::daemon {
namespace {

int print(const Faults& faults, bool valid) {
  for (const auto& fault : faults) std::cout << to_text(fault) << "\n";
  return valid ? kSuccess : kFailure;
}

int validate(const std::string& name) {
  const std::filesystem::path file = name;
  const auto text = read_text_file(file);
  if (!text) {
    std::cerr << "stepd: " << text.error().cause << "\n";
    return kCannotRun;
  }
  if (asl::format_of(name) == asl::Format::Yaml && looks_like_config(*text)) {
    const auto loaded = load_config(file, std::nullopt);
    if (loaded) return print(loaded->faults, loaded->is_valid());
    std::cerr << "stepd: " << loaded.error().cause << "\n";
    return kCannotRun;
  }
  const auto checked = check_definition_text(file, *text, {});
  return print(checked.faults, checked.is_valid());
}

}  // namespace

void declare_validate(CLI::App& app, int& exit_code) {
  const auto files = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("validate", "check definitions (JSON, YAML) and configurations");
  command->add_option("FILE", *files, "what to check")->required();
  command->footer("Exit code: 0 all valid, 1 something is invalid, 2 something could not be read.");
  command->callback([files, &exit_code] {
    for (const auto& file : *files) exit_code = std::max(exit_code, validate(file));
  });
}

}  // namespace stepd::daemon
