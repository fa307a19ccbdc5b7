// Brings tasks to their integration. It keeps no state of its own: what is awaited is known by the executions.
#pragma once

#include "engine/run/activities.h"
#include "engine/run/integrations.h"

#include <atomic>
#include <chrono>

namespace stepd::run {

/// Thread: any.
class Dispatcher final : public TaskRunner {
 public:
  /// All but the options outlive the dispatcher. Without `activities` it serves none, without `ask_engine` nothing of
  /// Step Functions itself.
  Dispatcher(const EngineOptions& options, const Handlers& handlers, const Clock& clock,
             ActivityDesk* activities = nullptr, GatewayDoor ask_engine = {});

  void start(TaskCall call) override;
  void cancel(const std::string& attempt) override;
  /// For a caller that is no execution.
  void invoke(InvokeFunction request, Reply<InvokedFunction> reply);

  /// Tasks that fail from now on stay awaited and are run again by the next process.
  void drop_failures() { draining_ = true; }

  /// Waits at most `grace` for running handlers, then asks them to stop. What they answer from then on is dropped: the
  /// tasks stay awaited and are run again by the next process.
  void drain(std::chrono::milliseconds grace);

 private:
  const std::map<std::string, std::string> topics_;
  FunctionTable functions_;
  ActivityDesk* const activities_;
  std::atomic<bool> draining_{false};
  tasks::HandlerPool pool_;
  tasks::HttpClient http_;
  Workbench bench_;
};

}  // namespace stepd::run
