// Finds where an execution that failed, timed out or was aborted can go on (AWS dev guide, Restarting state machine
// executions with redrive). decide() makes the event of it (command::Redrive).
//
// 1. The events are absorbed up to the failure that began the end. The frames as they were then are the basis, because
//    an ended execution has none (ADR 0020).
// 2. Branches and iterations that have their output keep it and are not run again. States that succeeded are not
//    entered again.
// 3. A state that was under way, or failed, is done again. A Task, and a state that waited for a retry, goes on with a
//    new attempt (`rescheduled`); any other state is entered again.
// 4. The retries of a state that is done again are counted from zero, as on AWS.
// 5. Whether a redrive is allowed is not checked here. AWS's conditions are checked by run/redrive.h, and the status by
//    decide().
#pragma once

#include "engine/core/execution.h"

#include <optional>
#include <vector>

namespace stepd::core {

/// Where control was before the failure, timeout or abortion that ended an execution.
struct Wreck {
  Execution ended;                   ///< the execution after its last event
  std::vector<Frame> frames;         ///< parents before children; those to be done again are Ready
  std::vector<FrameId> rescheduled;  ///< those of `frames` whose state goes on with a new attempt, without its entry
};

/// `events` are all events of an execution, in order. None if the last one is not ExecutionFailed, ExecutionTimedOut or
/// ExecutionAborted. Takes time linear in the number of events.
std::optional<Wreck> find_wreck(const std::vector<Event>& events);

}  // namespace stepd::core
