// `stepd functions`: what functions of one's own code need is installed, they are listed, and one is called by hand.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/function_installs.h"
#include "daemon/config/config.h"
#include "daemon/config/config_search.h"
#include "functions/install/installer.h"
#include "tasks/http/http_client.h"

#include "base/encoding.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace stepd::daemon {
namespace {

struct Options {
  std::string config;
  std::string data;
  std::vector<std::string> names;
  std::string payload = "{}";
  std::string url;
  bool log = false;
};

Config configure(const Options& options) {
  const auto file = options.config.empty() ? find_config() : std::optional<std::filesystem::path>(options.config);
  if (!file) throw std::runtime_error("there is no configuration; name one with --config");
  auto loaded =
      load_config(*file, options.data.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.data));
  if (!loaded) throw std::runtime_error(loaded.error().cause);
  for (const auto& fault : loaded->faults) std::cerr << to_text(fault) << "\n";
  if (!loaded->is_valid()) throw std::runtime_error("the configuration is not valid");
  return std::move(loaded->config);
}

/// Those that are named; all if none is.
std::vector<functions::FunctionCode> chosen(const Config& config, const std::vector<std::string>& names) {
  if (names.empty()) return config.own_code;
  std::vector<functions::FunctionCode> found;
  for (const auto& name : names) {
    const auto each = std::find_if(config.own_code.begin(), config.own_code.end(),
                                   [&](const auto& code) { return code.name == name; });
    if (each == config.own_code.end()) throw std::runtime_error("there is no function of one's own code named " + name);
    found.push_back(*each);
  }
  return found;
}

int install(const Options& options) {
  const auto config = configure(options);
  return install_functions(config, chosen(config, options.names)) ? kSuccess : kFailure;
}

int list(const Options& options) {
  const auto config = configure(options);
  for (const auto& code : config.own_code) {
    const auto runtime = code.command.empty() ? code.runtime + " " + code.handler : code.command.front();
    std::cout << code.name << "\t" << runtime << "\t" << code.code.string() << "\t"
              << functions::state_of_installation(code, config.data / "functions") << "\n";
  }
  return kSuccess;
}

std::string payload_of(const Options& options) {
  if (!options.payload.starts_with('@')) return options.payload;
  const auto name = options.payload.substr(1);
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string url_of(const Options& options) {
  if (!options.url.empty()) return options.url;
  const auto listen = configure(options).listen;
  return "http://" + (listen.address.find(':') == std::string::npos ? listen.address : "[" + listen.address + "]") +
         ":" + std::to_string(listen.port);
}

int invoke(const Options& options) {
  tasks::HttpRequest request;
  request.url = url_of(options) + "/2015-03-31/functions/" + percent_encode(options.names.front()) + "/invocations";
  request.fields = {{"Content-Type", "application/json"}};
  if (options.log) request.fields.emplace_back("X-Amz-Log-Type", "Tail");
  request.body = payload_of(options);
  tasks::HttpClient client;
  std::promise<Result<tasks::HttpResponse>> promise;
  client.send("invoke", std::move(request),
              [&](Result<tasks::HttpResponse> got) { promise.set_value(std::move(got)); });
  const auto response = promise.get_future().get();
  if (!response) throw std::runtime_error(response.error().cause);
  if (const auto tail = from_base64(response->field("X-Amz-Log-Result"))) std::cerr << *tail;
  std::cout << response->body << "\n";
  return response->status == 200 && response->field("X-Amz-Function-Error").empty() ? kSuccess : kFailure;
}

template <class Run>
void answer(CLI::App* command, int& exit_code, const std::shared_ptr<Options>& options, Run run) {
  command->callback([&exit_code, options, run] {
    spdlog::set_level(spdlog::level::warn);
    try {
      exit_code = run(*options);
    } catch (const std::runtime_error& error) {
      std::cerr << "stepd: " << error.what() << "\n";
      exit_code = kCannotRun;
    }
  });
}

}  // namespace

void declare_functions(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("functions", "install, list and call functions of your own code");
  command->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto common = [&](CLI::App* each) {
    each->add_option("--config", options->config, "configuration file; as for serve");
    each->add_option("--data", options->data, "data directory (default: the configuration's, else ./data)");
  };
  auto* installs = command->add_subcommand(
      "install",
      "put what they need into the data directory: requirements.txt, package.json, layers, code from a .zip");
  common(installs);
  installs->add_option("NAME", options->names, "functions (default: all)");
  answer(installs, exit_code, options, install);

  auto* lists = command->add_subcommand("list", "print name, runtime and handler, code, and whether it is installed");
  common(lists);
  answer(lists, exit_code, options, list);

  auto* invokes = command->add_subcommand("invoke", "call one through the daemon that runs; 1 if the function fails");
  common(invokes);
  invokes->add_option("NAME", options->names, "the function")->required()->expected(1);
  invokes->add_option("--payload", options->payload, "the event, JSON; @FILE reads a file")->capture_default_str();
  invokes->add_option("--url", options->url, "where the daemon listens (default: the configuration's `listen`)");
  invokes->add_flag("--log", options->log, "print the last lines of its log to standard error");
  answer(invokes, exit_code, options, invoke);
}

}  // namespace stepd::daemon
