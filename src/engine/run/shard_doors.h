// What a shard is connected to. All of it outlives the shard and its parts.
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "engine/core/decide.h"
#include "engine/core/observer.h"
#include "engine/run/kin.h"
#include "engine/run/machines.h"
#include "engine/run/quarantine.h"
#include "engine/run/task_call.h"
#include "engine/run/throttles.h"
#include "engine/run/trace_ids.h"
#include "engine/run/turn_listener.h"
#include "storage/store.h"
#include "storage/turn_marker.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::run {

struct Live;

/// The EXPRESS executions that are open, on all shards of an engine.
struct ExpressLoad {
  std::atomic<std::size_t> count = 0;
  std::atomic<std::size_t> bytes = 0;  ///< of their inputs
};

struct ShardDoors {
  storage::Store& store;
  Machines& machines;
  TaskRunner& tasks;
  const Clock& clock;
  std::string region;
  std::function<void()> fatal;  ///< the store will store nothing more
  std::size_t max_open = limits::kOpenExecutions;
  core::Observer* observer = nullptr;  ///< of every turn, also of one that cannot be stored and is decided again
  std::chrono::seconds express_limit{limits::kExpressSeconds};
  std::vector<TurnListener*> listeners = {};
  Kin* kin = nullptr;                                   ///< null: no execution here awaits another
  Quarantine* quarantine = nullptr;                     ///< null: an exception that leaves a turn is the caller's
  storage::TurnMarker* marker = nullptr;                ///< null: turns are not noted
  const core::ActivityDirectory* activities = nullptr;  ///< null: every activity exists
  std::size_t number = 0;                               ///< of the shard, for the marker
  /// How long a turn may take while others wait; 0: no limit.
  std::chrono::microseconds slice{0};
  std::size_t express_max = limits::kExpressExecutions;            ///< at most so many in `express`
  std::size_t express_bytes_max = limits::kExpressExecutionBytes;  ///< likewise
  std::shared_ptr<ExpressLoad> express = std::make_shared<ExpressLoad>();
  /// Takes an EXPRESS execution that goes on for long to where it takes no time from others. Empty: this is that place.
  std::function<void(std::unique_ptr<Live>)> set_aside = {};
  std::size_t resting_max = limits::kRestingExecutions;  ///< see LiveTable
  Throttles* throttles = nullptr;                        ///< null: states are entered without limit
  bool paused = false;                                   ///< adopted executions are not carried on with
  std::optional<TraceIds> trace_ids = std::nullopt;      ///< EngineOptions::trace_ids
  /// Runs a job that blocks on reads of the store, on a thread that may. Empty: the job runs at once.
  std::function<void(std::function<void()>)> read_off_loop = {};

  void read(std::function<void()> job) const {
    if (read_off_loop)
      read_off_loop(std::move(job));
    else
      job();
  }
};

}  // namespace stepd::run
