// Brings a task to whoever carries it out: an activity's to the desk, every other to the services. It keeps no state of
// its own: what is awaited is known by the executions.
#pragma once

#include "engine/run/activities.h"
#include "engine/run/task_services.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace stepd::run {

/// Thread: any.
class TaskRouter final : public TaskRunner {
 public:
  /// `activities` outlives the router.
  TaskRouter(ActivityDesk& activities, std::unique_ptr<TaskServices> services);

  std::optional<Result<Payload>> compute(const core::TaskLabel& label, const Payload& input) override;
  void start(TaskCall call) override;
  void cancel(const std::string& attempt) override;
  /// Gateway::invoke_function.
  void invoke(InvokeFunction request, Reply<InvokedFunction> reply);
  /// Gateway::call_service.
  void call(CallService request, Reply<CalledService> reply);

  /// TaskServices::check.
  asl::Diagnostics check(const Json& definition) const { return services_->check(definition); }

  /// Tasks that fail from now on stay awaited and are run again by the next process.
  void drop_failures() { draining_ = true; }

  /// Waits at most `grace` for running handlers, then asks them to stop. What they answer from then on is dropped: the
  /// tasks stay awaited and are run again by the next process.
  void drain(std::chrono::milliseconds grace);

  std::vector<LaneDepth> lanes() const { return services_->lanes(); }

 private:
  ActivityDesk& activities_;
  std::atomic<bool> draining_{false};
  const std::unique_ptr<TaskServices> services_;  // last: it may answer until it has gone
};

}  // namespace stepd::run
