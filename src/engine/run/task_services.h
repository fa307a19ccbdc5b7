// What an engine needs of those who carry out tasks that are not activities'. It is implemented outside of this room,
// so that executions are run without knowing what a service is.
#pragma once

#include "base/lane_depth.h"
#include "engine/run/gateway.h"
#include "engine/run/task_call.h"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace stepd::run {

/// Thread: any, for every member.
class TaskServices : public TaskRunner {
 public:
  /// Calls a function for a caller that is no execution. `done` is called once, on any thread; an error is
  /// InvokedFunction's.
  virtual void invoke(InvokeFunction request, std::function<void(InvokedFunction)> done) = 0;
  /// Warnings about tasks of the definition that would fail because there is nothing of the name that they give.
  virtual asl::Diagnostics check(const Json& definition) const = 0;
  /// Takes no further task of a handler. Waits at most `grace` for running handlers, then asks them to stop.
  virtual void drain(std::chrono::milliseconds grace) = 0;
  /// How many tasks run and wait in each lane. Never blocks.
  virtual std::vector<LaneDepth> lanes() const = 0;
};

/// Brings a request before the engine itself, soon and on another thread, as Gateways may read the store.
using GatewayDoor = std::function<void(std::function<void(Gateway& gateway)> request)>;

/// Makes the services of one engine, which `ask_engine` leads to once that engine has resumed.
using ServicesFactory = std::function<std::unique_ptr<TaskServices>(GatewayDoor ask_engine)>;

}  // namespace stepd::run
