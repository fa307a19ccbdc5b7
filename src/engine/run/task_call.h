// One task on its way to whoever carries it out.
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "engine/core/event.h"

#include <functional>
#include <string>

namespace stepd::run {

struct TaskCall {
  core::TaskLabel label;
  Payload input;        ///< what the state calls the resource with
  std::string attempt;  ///< unique for this scheduling; the same when it is run again after a restart

  /// Both on any thread, from within start() too. `started` at most once and first, `done` exactly once.
  std::function<void()> started;
  std::function<void(Result<Payload>)> done;

  std::string trace_header = {};  ///< X-Ray's, of the execution; empty: none
};

/// The shards' door to the world in which tasks run.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  /// Does not block.
  virtual void start(TaskCall call) = 0;
  /// Nobody waits for that attempt any more; its `done` may still come.
  virtual void cancel(const std::string& attempt) = 0;
};

}  // namespace stepd::run
