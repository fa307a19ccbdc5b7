// `stepd up`: serves what a template asks for, without a configuration of its own.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/function_installs.h"
#include "daemon/cli/serving.h"
#include "daemon/cli/template_options.h"
#include "daemon/config/config.h"
#include "daemon/greeting.h"
#include "templates/project_writer.h"

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

namespace stepd::daemon {
namespace {

struct Options {
  TemplateOptions input;
  std::string data;
  std::string listen;
  std::string log_level = "info";
  bool allow_remote = false;
  bool no_install = false;
};

int complain(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

/// False if something could not be fetched.
bool install_what_is_missing(const Config& config) {
  const auto wanting = functions_to_install(config);
  if (wanting.empty()) return true;
  std::cerr << "stepd: installing what functions need into " << (config.data / "functions").string() << "\n";
  if (install_functions(config, wanting)) return true;
  complain(
      "not everything could be installed; nothing was started. Packages come over the network, from PyPI and npm, or "
      "from a mirror that pip and npm are set to. --no-install serves without what is missing.");
  return false;
}

/// The code that stands in the template itself becomes files of the data directory.
bool write_code(const std::vector<templates::InlineCode>& files) {
  for (const auto& each : files) {
    std::error_code error;
    std::filesystem::create_directories(each.file.parent_path(), error);
    std::ofstream stream(each.file, std::ios::binary | std::ios::trunc);
    stream << each.text << std::flush;
    if (stream) continue;
    complain("cannot write " + each.file.string());
    return false;
  }
  return true;
}

std::string listen_of(const Options& options) { return options.listen.empty() ? "127.0.0.1:8083" : options.listen; }

int up(const Options& options) {
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  int exit_code = kCannotRun;
  auto input = options.input;
  input.listen = listen_of(options);
  const auto converted = convert_input(input, exit_code);
  if (!converted) return complain("the template cannot be served; nothing was started");
  const auto data = std::filesystem::absolute(options.data.empty() ? "data" : options.data).lexically_normal();
  templates::WriteOptions writing;
  writing.inline_folder = data / "template-code";
  writing.source = title_of(input);
  writing.listen = input.listen;
  writing.show_secrets = true;  // it stays in memory
  const auto written = templates::write_project(*converted, writing);
  if (!write_code(written.files)) return kCannotRun;
  auto loaded = load_config_text(written.configuration, "the configuration of " + writing.source, data);
  for (const auto& fault : loaded.faults) {
    std::cerr << templates::masked(to_text(fault), converted->secrets) << "\n";
  }
  if (!loaded.is_valid()) {
    return complain(
        "the configuration that the template stands for is not valid, `stepd convert` shows it; nothing was started");
  }
  const auto listening = set_listen(loaded.config.listen, "", options.allow_remote);
  if (!listening) return complain(listening.error().cause);
  const auto& config = loaded.config;
  if (!options.no_install && !install_what_is_missing(config)) return kCannotRun;
  return serve_until_asked(config, [&](std::uint16_t port) {
    return greeting(config, port) + templates::describe_project(*converted, url_of(config.listen.address, port));
  });
}

}  // namespace

void declare_up(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("up", "serve what a SAM or CloudFormation template asks for");
  add_template_options(*command, options->input);
  command->add_option("--data", options->data, "data directory (default: ./data)");
  command->add_option("--listen", options->listen, "HOST:PORT (default: 127.0.0.1:8083)");
  command->add_flag("--allow-remote", options->allow_remote, "listen on an address that others can reach");
  command->add_flag("--no-install", options->no_install,
                    "do not fetch what functions need: requirements.txt, package.json, layers, AWS's clients");
  command->add_option("--log-level", options->log_level, "trace, debug, info, warning, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  command->footer(
      "The template is checked first; nothing is started if it is wrong. What functions need and is not there yet is\n"
      "fetched into the data directory, as by `stepd functions install`. What stepd does not serve is listed at the\n"
      "end of what is printed. `stepd convert` prints the same as a configuration to keep. See docs/templates.md.");
  command->callback([options, &exit_code] { exit_code = up(*options); });
}

}  // namespace stepd::daemon
