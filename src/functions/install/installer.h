// `stepd functions install`: fetches what functions need into the data directory, never into the folders of the code:
// virtual environments, npm's packages, layers, and code that comes as a .zip. Programs run with the user's rights, as
// pip and npm do in any project.
#pragma once

#include "base/result.h"
#include "functions/function_code.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stepd::functions {

/// Runs one program in a folder and answers its exit code; what it prints is the caller's concern.
using RunProgram = std::function<int(const std::vector<std::string>& command, const std::filesystem::path& folder)>;

struct InstallOptions {
  std::filesystem::path folder;  ///< RuntimeOptions::folder
  std::string search;            ///< PATH, where programs are looked for
  std::function<void(const std::string& line)> tell;
  RunProgram run;
};

/// Error: cause only. What was installed before is replaced, and is gone if the new one fails.
Result<void> install_function(const FunctionCode& code, const InstallOptions& options);

/// What `stepd functions list` says of a function: `installed`, `needs install`, or `ready` if nothing is to be
/// installed. What was installed for another requirements.txt, package.json, .zip or list of layers needs it again.
std::string state_of_installation(const FunctionCode& code, const std::filesystem::path& folder);

/// Runs a program; all that it prints goes to this process's standard error.
int run_in_terminal(const std::vector<std::string>& command, const std::filesystem::path& folder);

}  // namespace stepd::functions
