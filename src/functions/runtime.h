// Runtime: runs functions of one's own code (AWS Lambda's runtime, without containers). It does not depend on state
// machines or HTTP routes; src/services calls it.
#pragma once

#include "base/clock.h"
#include "base/lane_depth.h"
#include "base/log_groups.h"
#include "base/result.h"
#include "functions/environment_pool.h"
#include "functions/function_code.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::functions {

/// Thread: any, for every member. `done` and `started` are called on the runtime's own thread: they must not block.
class Runtime {
 public:
  /// Starts the process that starts functions, if there is a function. `groups` and `clock` outlive it.
  /// Throws std::runtime_error, std::system_error.
  Runtime(RuntimeOptions options, LogGroups& groups, const Clock& clock);
  /// stop().
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Functions find this daemon at `url` (AWS_ENDPOINT_URL). Before the first call.
  void serve_at(std::string url);

  bool has(std::string_view function) const;

  /// Errors are those of Call::done, and ResourceNotFoundException.
  void invoke(const std::string& function, Call call);
  /// Of what a request is the cause that has this session token; none: no function of this runtime sends it.
  std::optional<Lineage> lineage_of(std::string_view session_token) const;

  /// A call that waits for a process is dropped; one that runs goes on, as on Lambda.
  void cancel(const std::string& attempt);

  /// Kills all processes; calls that run are answered `ServiceException`, and none is answered after it has returned.
  void stop();
  /// Takes no more calls and waits at most `grace` for those that run. True if none is left.
  bool drain(std::chrono::milliseconds grace);

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::functions
