// What may be asked of an execution. A command is a wish: decide() turns it into events or refuses it.
#pragma once

#include "base/payload.h"
#include "engine/core/event.h"

#include <optional>
#include <string>
#include <variant>

namespace stepd::core {

namespace command {

/// The first command of every execution.
struct Start {
  Identity identity;
  Payload input;
  std::optional<std::int64_t> seconds_max = {};  ///< it may take, whatever its definition allows
};
/// Go on where the last turn stopped, to let its events be stored.
struct Continue {};
struct Stop {
  Failure failure;
};
/// Of an execution that has ended badly: go on with these, as find_wreck() found them (redrive.h).
struct Redrive {
  Instant at;
  std::shared_ptr<const std::vector<Frame>> frames;
  std::vector<FrameId> rescheduled;
};
/// Some awaited timer is due: `token` is Awaited::token.
struct WaitElapsed {
  FrameId frame;
  EventNumber token;
};
struct TaskTimeoutElapsed {
  FrameId frame;
  EventNumber token;
};
struct TaskHeartbeatElapsed {
  FrameId frame;
  EventNumber token;
};
struct ExecutionTimeoutElapsed {};
/// A handler or worker took the task up; perhaps for the second time, after a restart of the engine or because the
/// worker could not be told.
struct TaskStart {
  FrameId frame;
  EventNumber token;
  std::string worker;
};
/// Nobody can take the task up.
struct TaskRefuse {
  FrameId frame;
  EventNumber token;
  Failure failure;
};
/// The call of a task was answered whose own answer comes later.
struct TaskSubmit {
  FrameId frame;
  EventNumber token;
  Payload output;
};
struct TaskHeartbeat {
  FrameId frame;
  EventNumber token;
};
struct TaskSuccess {
  FrameId frame;
  EventNumber token;
  Payload output;
};
struct TaskFailure {
  FrameId frame;
  EventNumber token;
  Failure failure;
};

}  // namespace command

using Command = std::variant<command::Start, command::Continue, command::Stop, command::Redrive, command::WaitElapsed,
                             command::TaskTimeoutElapsed, command::TaskHeartbeatElapsed,
                             command::ExecutionTimeoutElapsed, command::TaskStart, command::TaskRefuse,
                             command::TaskSubmit, command::TaskHeartbeat, command::TaskSuccess, command::TaskFailure>;

enum class Rejection : std::uint8_t {
  ExecutionEnded,
  TaskUnknown,  ///< answered before, superseded by a later attempt, or never existed
  TimerUnknown,
  NotRedrivable,  ///< it runs, or has succeeded
};

}  // namespace stepd::core
