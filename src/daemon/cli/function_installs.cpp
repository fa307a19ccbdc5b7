#include "daemon/cli/function_installs.h"

#include "functions/install/installer.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>

namespace stepd::daemon {
namespace {

std::string path_of_programs() {
  const char* path = std::getenv("PATH");
  return std::string(path == nullptr ? "" : path) + ":/usr/local/bin:/usr/bin:/bin";
}

}  // namespace

bool install_functions(const Config& config, const std::vector<functions::FunctionCode>& functions) {
  const functions::InstallOptions how{config.data / "functions", path_of_programs(),
                                      [](const std::string& line) { std::cerr << line << "\n"; },
                                      functions::run_in_terminal};
  bool all = true;
  for (const auto& code : functions) {
    std::cerr << code.name << ":\n";
    const auto done = functions::install_function(code, how);
    if (done) continue;
    std::cerr << "stepd: " << code.name << ": " << done.error().cause << "\n";
    all = false;
  }
  return all;
}

std::vector<functions::FunctionCode> functions_to_install(const Config& config) {
  std::vector<functions::FunctionCode> wanting;
  std::copy_if(config.own_code.begin(), config.own_code.end(), std::back_inserter(wanting), [&](const auto& code) {
    return functions::state_of_installation(code, config.data / "functions") == "needs install";
  });
  return wanting;
}

}  // namespace stepd::daemon
