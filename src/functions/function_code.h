// A function of one's own code, as the configuration describes it, and the options of the room that runs it. No file is
// opened here.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace stepd::functions {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// With a `runtime` and a `handler`, or with a `command` that asks the Runtime API itself.
struct FunctionCode {
  std::string name;
  std::filesystem::path code;  ///< folder or .zip; absolute
  std::string handler;
  std::string runtime;               ///< python3.12, nodejs22.x, provided.al2023, ...
  std::vector<std::string> command;  ///< program and arguments; a program without a slash is looked for in PATH
  Variables environment;
  std::chrono::milliseconds timeout{3'000};
  std::uint64_t memory = 128ull * 1024 * 1024;  ///< bytes
  std::vector<std::string> layers;              ///< folders and .zip files, absolute; ARNs
  unsigned concurrency = 0;                     ///< calls at once, more are refused; 0: calls wait for a process
  std::string log_group;                        ///< /aws/lambda/NAME unless another is given
};

/// The configuration's `function_workers`.
struct WorkerRules {
  unsigned processes = 16;                      ///< at once of a function that has no `concurrency`
  unsigned processes_max = 200;                 ///< of all functions
  std::chrono::milliseconds idle{600'000};      ///< after which a process without calls is ended
  bool confined = true;                         ///< false: functions may read and write what the daemon's user may
  std::vector<std::filesystem::path> readable;  ///< beside code, layers and the system's programs
};

struct RuntimeOptions {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<FunctionCode> functions;
  WorkerRules workers;
  std::filesystem::path folder;  ///< for what is installed, and for the functions' files under /tmp
  /// A program that comes to run_function_launcher(), and its arguments.
  std::vector<std::string> launcher{"/proc/self/exe", "function-launcher"};
};

}  // namespace stepd::functions
