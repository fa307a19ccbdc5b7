// `stepd convert`: the configuration that a template stands for, to be kept.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/template_options.h"
#include "templates/project_writer.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

namespace stepd::daemon {
namespace {

struct Options {
  TemplateOptions input;
  std::string output;
};

bool write_file(const std::filesystem::path& file, const std::string& text) {
  std::error_code error;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  if (stream) return true;
  std::cerr << "stepd: cannot write " << file.string() << ": " << std::strerror(errno) << "\n";
  return false;
}

int convert(const Options& options) {
  int exit_code = kSuccess;
  const auto converted = convert_input(options.input, exit_code);
  if (!converted) return exit_code;
  templates::WriteOptions writing;
  const auto file =
      std::filesystem::absolute(options.output.empty() ? "stepd.yaml" : options.output).lexically_normal();
  writing.folder = file.parent_path();
  writing.inline_folder = file.parent_path() / "inline";
  writing.source = title_of(options.input);
  const auto written = templates::write_project(*converted, writing);
  if (options.output.empty()) {
    std::cout << written.configuration << std::flush;
    for (const auto& each : written.files) {
      std::cerr << "stepd: the code of a function stands in the template; -o FILE also writes it, to "
                << each.file.string() << "\n";
    }
    return kSuccess;
  }
  for (const auto& each : written.files) {
    if (!write_file(each.file, each.text)) return kCannotRun;
  }
  return write_file(file, written.configuration) ? kSuccess : kCannotRun;
}

}  // namespace

void declare_convert(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("convert", "print the configuration that a SAM or CloudFormation template stands for");
  add_template_options(*command, options->input);
  command->add_option("-o,--output", options->output, "file to write; paths in it are relative to its folder");
  command->footer(
      "What stepd does not serve, or does not need, stands in comments at the end. Values of NoEcho parameters are\n"
      "shown as ********. Exit code: 0 done, 2 the template is wrong or cannot be read.");
  command->callback([options, &exit_code] { exit_code = convert(*options); });
}

}  // namespace stepd::daemon
