// From a history that ended badly back to where it can go on: what of it stands, and what has to be done again.
// It decides nothing about whether it may; decide() makes the event of what is found here.
#pragma once

#include "engine/core/execution.h"

#include <optional>
#include <vector>

namespace stepd::core {

/// Where control stood before the failure, time-out or abortion that ended an execution (AWS dev guide, Restarting
/// state machine executions with redrive). Steps that succeeded stand, with their branches and iterations.
struct Wreck {
  Execution ended;                   ///< as its last event left it
  std::vector<Frame> frames;         ///< parents before children; what is to be done again stands Ready
  std::vector<FrameId> rescheduled;  ///< of these, those whose Task goes on with a new attempt, not with its entry
};

/// `events`: all of an execution, in order; none if the last of them is not ExecutionFailed, ExecutionTimedOut or
/// ExecutionAborted. Costs as much as they are many.
std::optional<Wreck> find_wreck(const std::vector<Event>& events);

}  // namespace stepd::core
