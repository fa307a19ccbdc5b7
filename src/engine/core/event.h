// What has happened to an execution. Events are never refused and carry every computed value, so that absorbing them
// needs no definition, no clock and no expression. AWS's history is a view of them (history.h).
#pragma once

#include "base/clock.h"
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

/// A position of control: 1 is the root, others are branches and iterations. Never reused within an execution.
enum class FrameId : std::uint32_t {};
inline constexpr FrameId kRootFrame{1};

/// 1, 2, 3, ... without gaps; the number of a task's scheduling is that task's token.
using EventNumber = std::uint32_t;

/// An error that may lack either part, as a Fail state's or a timeout does.
struct Failure {
  std::optional<std::string> error;
  std::optional<std::string> cause;

  friend bool operator==(const Failure&, const Failure&) = default;
};

struct Frame;  // execution.h

using Assignments = std::vector<std::pair<std::string, Payload>>;

/// The task that an execution was started by.
struct ParentLink {
  std::string execution_arn;
  FrameId frame = kRootFrame;
  EventNumber token = 0;    ///< of the task
  bool awaits_end = false;  ///< the task is answered by the execution's end, and its own end is the execution's

  friend bool operator==(const ParentLink&, const ParentLink&) = default;
};

/// What never changes about an execution, from its start.
struct Identity {
  std::string arn;
  std::string name;
  std::string state_machine_arn;
  std::string state_machine_name;
  std::string role_arn;
  std::string region;
  std::string secret = {};  ///< random bytes that its task tokens are proved by; shown to nobody
  std::optional<ParentLink> parent = std::nullopt;

  friend bool operator==(const Identity&, const Identity&) = default;
};

/// How history names the called resource.
struct TaskLabel {
  asl::Resource::Kind kind = asl::Resource::Kind::LambdaFunction;
  std::string type;      ///< AWS's resourceType, of services
  std::string resource;  ///< AWS's resource: the ARN, or the action of a service

  /// How such a task is answered.
  asl::Resource::Pattern pattern() const {
    return kind == asl::Resource::Kind::Service ? asl::pattern_of(resource) : asl::Resource::Pattern::RequestResponse;
  }
};

namespace event {

struct ExecutionStarted {
  Identity identity;
  Payload input;
  std::string first_state;
  std::optional<Instant> times_out_at;
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
  Payload input;
};
struct StateExited {
  std::string state;
  std::string type;
  Payload output;
  Assignments assigned;
  std::string next;  ///< empty: the frame's workflow ends here
};
/// A Task, Wait, Parallel or Map state ended from outside.
struct StateAborted {
  std::string type;
};

struct TimerArmed {
  Instant due;
};
struct RetryPlanned {
  std::uint32_t retrier;  ///< index in the state's Retry
  Instant due;
};

struct TaskScheduled {
  TaskLabel label;
  Payload input;  ///< what the resource is called with
  std::string region;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  std::string role_arn;  ///< of Credentials
};
struct TaskStarted {
  TaskLabel label;
  std::string worker;  ///< of an activity
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
/// The task is run again after a restart of the engine: its time begins anew.
struct TaskRestarted {
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
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

/// A Parallel state opened its branches: one new frame per first state.
struct BranchesOpened {
  Payload input;
  std::vector<std::string> first_states;
};
struct MapStarted {
  Payload items;  ///< an array
  std::uint32_t length;
  std::uint32_t max_concurrency;
};
/// Opens a new frame beneath the Map's.
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
/// A branch or iteration is through.
struct FrameFinished {
  Payload output;
};
/// A branch or iteration has failed; its state's siblings are aborted next.
struct FrameFailed {
  Failure failure;
};
/// All branches or iterations of a state are through, or one failed; their frames are gone.
struct JoinSucceeded {
  std::string type;
};
struct JoinFailed {
  std::string type;
};

/// The call that hands a task's token out, or starts the execution that the task awaits, was answered.
struct TaskSubmitted {
  TaskLabel label;
  Payload output;
  std::string child;  ///< ARN of the execution that is awaited; empty: none is
};
/// Nobody can take the task up: its activity does not exist.
struct TaskScheduleFailed {
  TaskLabel label;
  Failure failure;
};
/// The execution goes on where it ended badly: `frames` are all there are now, parents before their children.
struct ExecutionRedriven {
  std::uint32_t count;  ///< of redrives so far, this one included
  Instant at;           ///< as it is told to whoever asked, a moment before the event
  std::optional<Instant> times_out_at;
  std::shared_ptr<const std::vector<Frame>> frames;
};

}  // namespace event

/// The order is part of the journal's format: add at the end, never remove (codec.h).
using EventBody =
    std::variant<event::ExecutionStarted, event::ExecutionSucceeded, event::ExecutionFailed, event::ExecutionTimedOut,
                 event::ExecutionAborted, event::StateEntered, event::StateExited, event::StateAborted,
                 event::TimerArmed, event::RetryPlanned, event::TaskScheduled, event::TaskStarted, event::TaskBeat,
                 event::TaskSucceeded, event::TaskFailed, event::TaskTimedOut, event::BranchesOpened, event::MapStarted,
                 event::IterationStarted, event::IterationSucceeded, event::IterationFailed, event::IterationAborted,
                 event::FrameFinished, event::JoinSucceeded, event::JoinFailed, event::FrameFailed,
                 event::TaskRestarted, event::TaskSubmitted, event::TaskScheduleFailed, event::ExecutionRedriven>;

struct Event {
  EventNumber number = 0;
  FrameId frame = kRootFrame;
  Instant at;
  std::uint32_t history_id = 0;   ///< AWS's id; 0: not part of the history
  std::uint32_t previous_id = 0;  ///< AWS's previousEventId
  EventBody body;
};

}  // namespace stepd::core
