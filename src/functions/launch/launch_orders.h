// What the daemon and the process that starts functions (launch_program.h) tell each other, over
// base/process_message.h.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::functions {

/// Where a function sees its files if it has a view of its own (launch/view.h).
inline constexpr const char* kTaskRoot = "/var/task";
inline constexpr const char* kRuntimeFolder = "/var/runtime";
inline constexpr const char* kLayerFolder = "/opt";

/// The first words to the process.
struct LaunchRules {
  bool confined = true;
  std::string staging;  ///< an empty folder, where views are built
};

/// Which fences functions stand behind; see describe().
struct FunctionFences {
  bool view = false;      ///< user, mount and process namespaces: their own /var/task, /opt and /tmp
  int landlock = 0;       ///< the kernel's version, 0 without
  bool own_user = false;  ///< they can be lent a user: Launch::user
  bool confined = true;
};

/// A process to be started. Three files go along: standard output and error, and the descriptor of framed log lines.
struct Launch {
  std::uint64_t id = 0;
  std::vector<std::string> command;  ///< the program's path, as the function sees it, and its arguments
  std::vector<std::string> environment;
  std::string code;     ///< folder
  std::string layers;   ///< folder; empty: none
  std::string runtime;  ///< folder of the bootstraps
  std::string scratch;  ///< folder that is its /tmp
  std::vector<std::string> readable;
  std::uint64_t memory = 0;      ///< bytes: a fence far above, not the function's limit
  std::uint64_t file_bytes = 0;  ///< of one file
  unsigned user = 0;             ///< that it is lent (base/lent_user.h), and that owns `scratch`; 0: the daemon's own
};

struct Order {
  enum class Kind : std::uint8_t { Start, Kill } kind = Kind::Start;
  Launch launch;  ///< of Kill only the id
};

struct Notice {
  enum class Kind : std::uint8_t {
    Ready,    ///< first of all; `fences`
    Started,  ///< `pid`, as the daemon sees it
    Ended,    ///< `status`, or `error` where there was no program
  } kind = Kind::Ended;
  std::uint64_t id = 0;
  int pid = 0;
  int status = 0;
  std::string error;
  FunctionFences fences;
};

std::string encode(const LaunchRules& rules);
std::string encode(const Order& order);
std::string encode(const Notice& notice);
/// Error: cause only.
Result<LaunchRules> decode_rules(const std::string& text);
Result<Order> decode_order(const std::string& text);
Result<Notice> decode_notice(const std::string& text);

/// For the log: which fences stand, and which do not.
std::string describe(const FunctionFences& fences);

}  // namespace stepd::functions
