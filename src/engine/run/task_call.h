// One task on its way to whoever carries it out.
#pragma once

#include "base/lineage.h"
#include "base/payload.h"
#include "base/result.h"
#include "engine/core/computations.h"
#include "engine/core/event.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace stepd::run {

/// What became of a worker's wish to have a task.
struct Handover {
  enum class Outcome : unsigned char {
    Taken,       ///< it is the worker's, and that is stored
    Gone,        ///< nobody awaits the task any more
    Unavailable  ///< it could not be stored; the task is still to be had
  } outcome = Outcome::Gone;
  std::string token;  ///< of a task that is taken: what it is answered with
};

struct TaskCall {
  core::TaskLabel label;
  Payload input;        ///< what the state calls the resource with
  std::string attempt;  ///< unique for this scheduling; the same when it is run again after a restart

  /// Both on any thread, from within start() too. `started` at most once and first, `done` exactly once. What is done
  /// is the call: of a callback or an execution that is awaited, the task's own answer comes later. An activity's is
  /// done only by an error: nobody can take it up.
  std::function<void()> started;
  std::function<void(Result<Payload>)> done;
  /// Of calls that start an execution, instead of `done`: there were no tokens for it and nothing was done, so the call
  /// is made again later. Any thread.
  std::function<void()> put_off = {};
  /// Of activities, instead: a worker would have the task. `handed` is called once, on any thread. May be called again
  /// for another worker if the first could not be told. Thread: any.
  std::function<void(std::string worker, std::function<void(Handover)> handed)> take = {};

  core::ParentLink origin = {};   ///< the execution that calls, and its task; empty for callers that are none
  Lineage lineage = {};           ///< of the execution that calls
  std::string trace_header = {};  ///< X-Ray's, of the execution; empty: none
};

/// The shards' door to the world in which tasks run. It computes nothing unless it says so.
class TaskRunner : public core::Computations {
 public:
  std::optional<Result<Payload>> compute(const core::TaskLabel&, const Payload&) override { return std::nullopt; }
  /// Does not block.
  virtual void start(TaskCall call) = 0;
  /// Nobody waits for that attempt's answer any more; its `done` may still come.
  virtual void cancel(const std::string& attempt) = 0;
};

}  // namespace stepd::run
