// A handler is what a function of the configuration runs: C++ that turns one JSON event into one JSON result.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/lineage.h"
#include "base/result.h"
#include "tasks/lane.h"

#include <memory>
#include <stop_token>
#include <string>

namespace stepd::tasks {

struct Invocation {
  const Json& event;           ///< the function's arguments
  const std::string& attempt;  ///< unique for this attempt at this task: for idempotency and temporary names
  std::stop_token stop;        ///< asked for when the task timed out or its execution ended: give up soon
  Lineage lineage = {};        ///< of the execution that calls: what it writes is marked with it
};

/// Runs on a pool thread and may block. The same attempt may run twice (after a crash), so effects are idempotent.
/// A failure is a value whose name Retry and Catch match: `Image.TooManyPixels`, `Object.NotFound`, ...; an argument
/// that is missing or of the wrong type is `Handler.InvalidArguments` with a cause that names the member.
/// What a handler throws all the same becomes `Handler.Failed`.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Result<Json> invoke(const Invocation& invocation) = 0;
  /// Where its calls wait and run; always the same. TaskLane::Images for a handler that gives pictures to a Workplace.
  virtual TaskLane lane() const { return TaskLane::Quick; }
  /// It reads and changes nothing but the event, for which it takes microseconds, and asks for no attempt and no stop:
  /// it is called on any thread, also on one that serves connections or executions (ADR 0049).
  virtual bool only_computes() const { return false; }
};

}  // namespace stepd::tasks
