// The process that starts functions (launch_program.h), seen from the daemon.
#pragma once

#include "base/descriptor.h"
#include "functions/launch/launch_orders.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace stepd::functions {

/// What becomes of a process; called on the loop's thread.
struct LaunchEvents {
  std::function<void(int pid)> started;
  std::function<void(int status, const std::string& error)> ended;  ///< last of all, once
};

/// Thread: the loop's, but for the constructor. If the process is lost, all functions end with it, and the next start
/// begins another.
class Launcher {
 public:
  /// Starts the process and waits until it is ready. Throws std::runtime_error, std::system_error.
  Launcher(boost::asio::io_context& loop, std::vector<std::string> command, LaunchRules rules);
  /// No event follows. Every function ends.
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  FunctionFences fences() const;
  /// Answers its id. `files` are standard output and error, and the descriptor of frames; they stay the caller's.
  std::uint64_t start(Launch launch, const std::array<int, 3>& files, LaunchEvents events);
  /// Kills the process and all that it started; `ended` follows. One that has ended is ignored.
  void kill(std::uint64_t id);
  /// No event of it follows.
  void forget(std::uint64_t id);

 private:
  class Line;
  std::shared_ptr<Line> line_;
};

}  // namespace stepd::functions
