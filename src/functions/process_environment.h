// An Environment that is a process: its Runtime API, its output, its memory, and whether it is frozen.
#pragma once

#include "functions/blueprint.h"
#include "functions/environment.h"
#include "functions/launch/launcher.h"
#include "functions/sessions.h"

#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace stepd::functions {

struct ProcessPlan {
  const FunctionCode& code;    ///< outlives the environment, as all references do
  const Blueprint& blueprint;  ///< only looked at in the constructor
  std::filesystem::path bootstraps;
  std::filesystem::path scratch;  ///< its /tmp; there already
  unsigned user;                  ///< Launch::user
  Sessions& sessions;
};

/// While it waits for a call the process is stopped, as AWS freezes environments. While it does not, its memory is
/// looked at every kMemoryPause, and at the end of a call that takes longer than that.
class ProcessEnvironment final : public Environment {
 public:
  /// What a process takes beyond its limit between two looks is allowed to it.
  static constexpr std::chrono::milliseconds kMemoryPause{50};

  /// What goes wrong at the start is an event.
  ProcessEnvironment(boost::asio::io_context& loop, Launcher& launcher, const ProcessPlan& plan, unsigned place,
                     EnvironmentEvents& events, LogGroups& groups, const Clock& clock);
  ~ProcessEnvironment() override;

  void give(const Invocation& invocation) override;
  void kill() override;
  void collect_output() override;
  LogStream& log() override;
  std::uint64_t peak_bytes() const override;

 private:
  class Body;
  std::shared_ptr<Body> body_;
};

}  // namespace stepd::functions
