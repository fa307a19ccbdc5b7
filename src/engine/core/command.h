// Commands: what may be asked of an execution. decide() turns a command into events or rejects it.
//
// 1. Start is the first command of an execution and is given once. decide() does not check this: the engine gives it to
//    a new Execution only.
// 2. A command about a task or a timer names the frame and Awaited::token. The token is the number of the event that
//    scheduled the task or armed the timer, so a late or repeated command does not fit the next attempt and is rejected
//    (Rejection::TaskUnknown, Rejection::TimerUnknown).
// 3. A timer's command names the time for which the timer was armed. It is rejected if another time is awaited, as
//    after a heartbeat. The core does not compare that time with the date, because the system's clock may have been set
//    since the timer was armed.
// 4. A task of an activity accepts an answer only after TaskStart, because no worker has its token before.
// 5. TaskStart may be delayed (ADR 0005). A task that is answered before it is recorded as started first, so history
//    shows every task that has an answer as started.
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
  std::optional<std::int64_t> seconds_max = {};  ///< limit in seconds beside the definition's TimeoutSeconds
};
/// Runs the states that the last turn left ready when it was full.
struct Continue {};
/// StopExecution: the execution ends ABORTED with this error and cause.
struct Stop {
  Failure failure;
};
/// RedriveExecution of an execution that failed, timed out or was aborted. The frames are those of find_wreck()
/// (redrive.h).
struct Redrive {
  Instant at;  ///< the redrive date that the caller is answered with
  std::shared_ptr<const std::vector<Frame>> frames;
  std::vector<FrameId> rescheduled;
};
/// The timer of a Wait state or of a retry has gone off. `due` is Awaited::due.
struct WaitElapsed {
  FrameId frame;
  EventNumber token;
  Instant due;
};
struct TaskTimeoutElapsed {
  FrameId frame;
  EventNumber token;
  Instant due;
};
struct TaskHeartbeatElapsed {
  FrameId frame;
  EventNumber token;
  Instant due;
};
struct ExecutionTimeoutElapsed {
  Instant due;
};
/// A handler or worker has taken the task. Given again for the same token, after a restart of the engine or because the
/// worker could not be told, it starts the task's timeout and heartbeat anew.
struct TaskStart {
  FrameId frame;
  EventNumber token;
  std::string worker;  ///< workerName of GetActivityTask; empty for other tasks
};
/// Nobody can take the task: the activity does not exist. Rejected once the task has started.
struct TaskRefuse {
  FrameId frame;
  EventNumber token;
  Failure failure;
};
/// The call of a `.sync` or `.waitForTaskToken` task has returned. The task's own answer comes later. Rejected for
/// other tasks and when given twice.
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

/// Why a command was rejected.
enum class Rejection : std::uint8_t {
  ExecutionEnded,
  TaskUnknown,    ///< the task was answered before, replaced by a later attempt, or never existed
  TimerUnknown,   ///< the timer is not awaited, or not for that time
  NotRedrivable,  ///< the execution is running or has succeeded
};

}  // namespace stepd::core
