// Events: what has happened to an execution. They are its journal, and absorb() (execution.h) makes its state of them.
//
// 1. An event is a fact and is never rejected. decide() makes every check before it records one.
// 2. An event carries every computed value: results of expressions, due times, delays of retries. absorb() therefore
//    needs no definition, clock or expression, and a later correction of an expression does not change executions that
//    ran before it.
// 3. Events are numbered 1, 2, 3, ... without gaps within an execution, so a lost row is noticed (absorb() asserts it).
//    The number of TaskScheduled is the token of that task.
// 4. AWS's history is a view of the events (history.h). Events that AWS shows have a history_id; these ids are 1, 2, 3,
//    ... without gaps as well. The others, such as RetryPlanned, have 0.
// 5. The order of the alternatives of EventBody is part of the stored format, because the codec stores the index. New
//    events are added at the end; none is removed.
#pragma once

#include "base/clock.h"
#include "base/lineage.h"
#include "base/payload.h"
#include "base/result.h"
#include "engine/asl/resource.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace stepd::core {

/// Identifies a frame: 1 is the root, the others are branches of Parallel states and iterations of Map states. An id is
/// not reused within an execution.
enum class FrameId : std::uint32_t {};
inline constexpr FrameId kRootFrame{1};

/// The number of an event within its execution, from 1.
using EventNumber = std::uint32_t;

/// An error name and a cause, of which either may be absent (ASL §Fail State; States.Timeout has no cause).
struct Failure {
  std::optional<std::string> error;
  std::optional<std::string> cause;

  friend bool operator==(const Failure&, const Failure&) = default;
};

struct Frame;  // execution.h

/// Variables and their new values (ASL §Assign).
using Assignments = std::vector<std::pair<std::string, Payload>>;

/// Names the task that started this execution, in another execution.
struct ParentLink {
  std::string execution_arn;
  FrameId frame = kRootFrame;
  EventNumber token = 0;    ///< token of the task
  bool awaits_end = false;  ///< `.sync`: the end of this execution answers the task, and if the task ends, this stops

  friend bool operator==(const ParentLink&, const ParentLink&) = default;
};

/// What an execution has from its start and never changes.
struct Identity {
  std::string arn;
  std::string name;
  std::string state_machine_arn;
  std::string state_machine_name;
  std::string role_arn;
  std::string region;
  std::string secret = {};  ///< random key of its task tokens (token.h); never shown
  std::optional<ParentLink> parent = std::nullopt;
  Lineage lineage = {};

  friend bool operator==(const Identity&, const Identity&) = default;
};

/// The called resource as AWS's history names it.
struct TaskLabel {
  asl::Resource::Kind kind = asl::Resource::Kind::LambdaFunction;
  std::string type;      ///< AWS's resourceType of a service integration; empty for functions and activities
  std::string resource;  ///< AWS's resource: the ARN, or the action of a service integration

  /// The service integration pattern.
  asl::Resource::Pattern pattern() const {
    return kind == asl::Resource::Kind::Service ? asl::pattern_of(resource) : asl::Resource::Pattern::RequestResponse;
  }
};

namespace event {

struct ExecutionStarted {
  Identity identity;
  Payload input;
  std::string first_state;
  std::optional<Instant> times_out_at;  ///< none: no TimeoutSeconds
};
struct ExecutionSucceeded {
  Payload output;
};
struct ExecutionFailed {
  Failure failure;
};
struct ExecutionTimedOut {
  Failure failure;
};
struct ExecutionAborted {
  Failure failure;
};

struct StateEntered {
  std::string state;
  std::string type;
  Payload input;  ///< raw input, before InputPath
};
struct StateExited {
  std::string state;
  std::string type;
  Payload output;
  Assignments assigned;
  std::string next;  ///< name of the next state; empty: the workflow ends here
};
/// A state was ended from outside: a sibling branch failed, or the execution ends.
struct StateAborted {
  std::string type;  ///< empty: the state had not been entered
};

/// A Wait state waits.
struct TimerArmed {
  Instant due;
  bool absolute = false;  ///< Timestamp or TimestampPath: the date counts, else the time that passes
};
/// The state has failed and will be tried again.
struct RetryPlanned {
  std::uint32_t retrier;  ///< index in the state's Retry
  Instant due;
};

struct TaskScheduled {
  TaskLabel label;
  Payload input;       ///< what the resource is called with, after Parameters
  std::string region;  ///< of the execution
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  std::string role_arn;  ///< RoleArn of Credentials; empty: none
};
struct TaskStarted {
  TaskLabel label;
  std::string worker;  ///< workerName of an activity's worker; may be empty
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
/// The task is run again after a restart of the engine. Its timeout and heartbeat start anew.
struct TaskRestarted {
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
/// The task's worker has sent a heartbeat.
struct TaskBeat {
  Instant heartbeat_due;
};
struct TaskSucceeded {
  TaskLabel label;
  Payload output;
};
struct TaskFailed {
  TaskLabel label;
  Failure failure;
};
struct TaskTimedOut {
  TaskLabel label;
  Failure failure;
};

/// A Parallel state has opened its branches: one new frame per first state, in order.
struct BranchesOpened {
  Payload input;
  std::vector<std::string> first_states;
};
struct MapStarted {
  Payload items;                  ///< an array
  std::uint32_t length;           ///< of `items`
  std::uint32_t max_concurrency;  ///< iterations at once, at least 1
};
/// A new frame is opened beneath the Map's.
struct IterationStarted {
  std::string state;  ///< name of the Map state
  std::uint32_t index;
  Payload input;
  std::string first_state;
};
struct IterationSucceeded {
  std::string state;
  std::uint32_t index;
};
struct IterationFailed {
  std::string state;
  std::uint32_t index;
};
struct IterationAborted {
  std::string state;
  std::uint32_t index;
};
/// A branch or iteration has reached its end.
struct FrameFinished {
  Payload output;
};
/// A branch or iteration has failed; its state's siblings are aborted next.
struct FrameFailed {
  Failure failure;
};
/// All branches or iterations of a state have finished. Their frames are removed.
struct JoinSucceeded {
  std::string type;
};
/// The state has failed because a branch, an iteration or an ItemSelector has. The frames beneath it are removed.
struct JoinFailed {
  std::string type;
};

/// The call of a `.waitForTaskToken` or `.sync` task has returned. The task itself is still awaited.
struct TaskSubmitted {
  TaskLabel label;
  Payload output;
  std::string child;  ///< ARN of the execution whose end is awaited; empty: none
};
/// Nobody can take the task: its activity does not exist.
struct TaskScheduleFailed {
  TaskLabel label;
  Failure failure;
};
/// A failed, timed-out or aborted execution is continued (redrive.h).
struct ExecutionRedriven {
  std::uint32_t count;  ///< redrives so far, this one included
  Instant at;           ///< the redrive date that the caller was answered with; not after the event
  std::optional<Instant> times_out_at;
  std::shared_ptr<const std::vector<Frame>> frames;  ///< all frames from now on, parents before their children
};

/// A JSONata expression of the state could not be evaluated, or its value was not what the field takes. What follows
/// from it, a retry too, comes next.
struct EvaluationFailed {
  Failure failure;
  std::string location;  ///< the field, as "Output/v"; may be empty
  std::string state;     ///< name
};

}  // namespace event

/// The order is part of the stored format: alternatives are added at the end and never removed (codec.h).
using EventBody =
    std::variant<event::ExecutionStarted, event::ExecutionSucceeded, event::ExecutionFailed, event::ExecutionTimedOut,
                 event::ExecutionAborted, event::StateEntered, event::StateExited, event::StateAborted,
                 event::TimerArmed, event::RetryPlanned, event::TaskScheduled, event::TaskStarted, event::TaskBeat,
                 event::TaskSucceeded, event::TaskFailed, event::TaskTimedOut, event::BranchesOpened, event::MapStarted,
                 event::IterationStarted, event::IterationSucceeded, event::IterationFailed, event::IterationAborted,
                 event::FrameFinished, event::JoinSucceeded, event::JoinFailed, event::FrameFailed,
                 event::TaskRestarted, event::TaskSubmitted, event::TaskScheduleFailed, event::ExecutionRedriven,
                 event::EvaluationFailed>;

struct Event {
  EventNumber number = 0;
  FrameId frame = kRootFrame;
  Instant at;
  std::uint32_t history_id = 0;   ///< AWS's id; 0: not in AWS's history
  std::uint32_t previous_id = 0;  ///< AWS's previousEventId
  EventBody body;
};

}  // namespace stepd::core
