#include "daemon/cli/remote/remote_command.h"

#include "daemon/cli/cli.h"
#include "daemon/config/config.h"
#include "daemon/config/config_search.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

std::string endpoint_of(const Listen& listen) {
  const bool everywhere = listen.address == "0.0.0.0" || listen.address == "::";
  const auto host = everywhere ? "127.0.0.1" : listen.address;
  const bool ipv6 = host.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(listen.port);
}

std::string find_endpoint(const RemoteOptions& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  if (const char* named = std::getenv("STEPD_ENDPOINT"); options.config.empty() && named != nullptr && *named != '\0')
    return named;
  const auto file = options.config.empty() ? find_config() : std::optional<std::filesystem::path>(options.config);
  if (!file) return endpoint_of(Listen{});
  const auto loaded = load_config(*file, std::nullopt, {});
  return endpoint_of(loaded ? loaded->config.listen : Listen{});
}

constexpr std::string_view kMachinePart = ":stateMachine:";

/// The execution of a state machine that was started last.
Result<std::string> newest_execution(DaemonClient& daemon, const std::string& machine_arn) {
  const auto page = daemon.call("ListExecutions", {{"stateMachineArn", machine_arn}, {"maxResults", 1}});
  if (!page) return page.error();
  const auto& executions = page->at("executions");
  if (executions.empty()) return AslError{"NotFound", machine_arn + " has no executions"};
  return executions[0].at("executionArn").get<std::string>();
}

}  // namespace

void add_remote_options(CLI::App& command, RemoteOptions& options) {
  command.add_option("--endpoint", options.endpoint,
                     "http://HOST:PORT of the daemon (default: STEPD_ENDPOINT, else where the configuration listens)");
  command.add_option("--config", options.config, "configuration that says where the daemon listens");
  command.add_flag("--json", options.json, "print JSON, one value a line");
}

Remote::Remote(const RemoteOptions& options) : daemon(find_endpoint(options)), json(options.json) {}

Result<std::string> Remote::machine_arn(const std::string& machine) {
  if (machine.starts_with("arn:")) return machine;
  std::string found;
  const auto listed = daemon.pages("ListStateMachines", {{"maxResults", 1000}}, [&](const Json& page) {
    for (const auto& each : page.at("stateMachines")) {
      if (each.at("name") == machine) found = each.at("stateMachineArn").get<std::string>();
    }
    return found.empty();
  });
  if (!listed) return listed.error();
  if (found.empty()) return AslError{"NotFound", "there is no state machine " + machine};
  return found;
}

Result<std::string> Remote::execution_arn(const std::string& execution) {
  if (execution.starts_with("arn:")) return execution;
  const auto colon = execution.find(':');
  auto machine = machine_arn(execution.substr(0, colon));
  if (!machine) return machine.error();
  if (colon == std::string::npos) return newest_execution(daemon, *machine);
  machine->replace(machine->find(kMachinePart), kMachinePart.size(), ":execution:");
  return *machine + execution.substr(colon);
}

int complain_of(const AslError& error, const Remote& remote) {
  std::cerr << "stepd: ";
  if (error.name == "Http.Failed") {
    std::cerr << "no daemon answers at " << remote.daemon.endpoint() << " (" << printable(error.cause)
              << "); start one with `stepd serve`, or name it with --endpoint\n";
    return kCannotRun;
  }
  std::cerr << printable(error.cause.empty() ? error.name : error.cause, 4'000) << "\n";
  return kFailure;
}

std::string short_name(std::string_view execution_arn) {
  std::size_t at = 0;
  for (int colons = 0; colons < 6 && at != std::string_view::npos; ++colons) at = execution_arn.find(':', at + 1);
  return std::string(at == std::string_view::npos ? execution_arn : execution_arn.substr(at + 1));
}

}  // namespace stepd::daemon
