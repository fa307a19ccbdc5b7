// The tasks' door to new executions, made of the engine that runs those tasks. The rules of starting are the engine's.
#pragma once

#include "base/executions.h"
#include "engine/run/gateway.h"

#include <atomic>
#include <string>

namespace stepd::daemon {

/// Handlers are made before the engine that calls them; until it is there, starts are `ServiceUnavailable`.
class ExecutionDoor final : public ExecutionStarter {
 public:
  ExecutionDoor(std::string region, std::string account) : region_(std::move(region)), account_(std::move(account)) {}

  /// `gateway` outlives every later start.
  void open(run::Gateway& gateway) { gateway_ = &gateway; }
  Result<BegunExecution> start(NewExecution wanted) override;

 private:
  const std::string region_;
  const std::string account_;
  std::atomic<run::Gateway*> gateway_{nullptr};
};

}  // namespace stepd::daemon
