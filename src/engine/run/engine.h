// The engine of one process: executions on shards, timers, activities; the Gateway that all others see.
#pragma once

#include "base/limits.h"
#include "engine/run/gateway.h"
#include "engine/run/task_services.h"
#include "engine/run/throttles.h"
#include "engine/run/trace_ids.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::core {
class Observer;
}

namespace stepd::storage {
class TurnMarker;
}

namespace stepd::run {

class TurnListener;

struct EngineOptions {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  unsigned shards = 1;
  core::Observer* observer = nullptr;     ///< of every execution, from the shards' threads; outlives the engine
  std::function<std::uint64_t()> random;  ///< chooses among an alias's routes; any thread; empty: the system's
  std::vector<TurnListener*> listeners;   ///< told of every committed turn, in this order; they outlive the engine
  std::chrono::seconds express_limit{limits::kExpressSeconds};     ///< an EXPRESS execution ends TIMED_OUT then
  std::size_t express_max = limits::kExpressExecutions;            ///< EXPRESS executions at once
  std::size_t express_bytes_max = limits::kExpressExecutionBytes;  ///< of their inputs together
  std::size_t resting_max = limits::kRestingExecutions;            ///< see LiveTable
  ThrottleRates rates;
  std::uint32_t echoes_max =
      limits::kEventDepth;  ///< executions in a row that each caused the event which started the next
  std::uint32_t depth_max = limits::kExecutionDepth;  ///< of executions that tasks start; Lineage::depth
  /// Open executions stay as they are, and nothing is started, redriven or called. What is stored can be read, changed
  /// and deleted, and executions can be stopped.
  bool paused = false;
  std::chrono::microseconds slice{2'000};  ///< how long one turn may take while others wait; 0: no limit
  storage::TurnMarker* marker = nullptr;   ///< outlives the engine; null: turns are not noted
  /// What tasks call is told the task's span by these. None: it is told the header that the execution was started with.
  std::optional<TraceIds> trace_ids = std::nullopt;
};

class Engine : public Gateway {
 public:
  /// Loads every open execution and carries on with it. Thread: any; blocks. Called once, before any request.
  virtual void resume() = 0;
  /// Sends everybody home who waits for a task of an activity, and who comes from now on: servers end before engines.
  virtual void end_polls() = 0;
  /// Takes no new starts, lets running handlers finish for at most `grace`, then returns with everything committed.
  virtual void drain(std::chrono::milliseconds grace) = 0;
  /// The store answered Fatal: called once, from an engine thread; the process should end.
  virtual void on_fatal(std::function<void()> callback) = 0;
};

/// `store` and `clock` outlive the engine; the services are its own and end before everything that they answer to.
std::unique_ptr<Engine> make_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                    const ServicesFactory& make_services);

}  // namespace stepd::run
