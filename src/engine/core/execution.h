// Execution: the state of one execution, made of its events.
//
// 1. absorb() is the only function that writes an Execution: members are private and Absorption is a friend. A change
//    of state without an event does not compile, so the journal is complete. (Snapshot, the other friend, restores
//    stored executions and sets the frame of a state under test.)
// 2. absorb() assigns what the event says. It evaluates no expression and reads no clock and no definition, so live
//    execution and replay give the same state.
// 3. An execution is a tree of frames: the root for the workflow, and one for each open branch of a Parallel state or
//    iteration of a Map state. Each frame has one standing: its state is to be entered (Ready), it awaits one timer,
//    task or set of child frames, or it has its output (Finished). Waiting therefore needs no thread.
// 4. A finished branch or iteration keeps its frame until its state has joined all of them, because the outputs are the
//    state's result. An execution that has ended has no frames.
// 5. awaited() is computed from the frames and not stored beside them, so the two cannot disagree. What has to be
//    started after a turn is awaited() after it without awaited() before it; after a restart it is all of awaited().
// 6. changes() names the frames that a commit has to write, in two parts, so that a large input is not written again
//    with each retry (ADR 0006).
#pragma once

#include "base/clock.h"
#include "base/payload.h"
#include "engine/core/event.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace stepd::core {

enum class Status : std::uint8_t { Running = 1, Succeeded, Failed, TimedOut, Aborted };

/// The frame's state is to be entered.
struct Ready {};
/// The frame's Wait state or retry waits for a time.
struct AwaitingTimer {
  Instant due;
  EventNumber since = 0;  ///< the event that armed the timer: its token
  bool retry = false;     ///< the state is tried again at `due`; else a Wait state ends then
  bool absolute = false;  ///< as in event::TimerArmed
};
/// The frame's Task state waits for its task.
struct AwaitingTask {
  EventNumber token = 0;  ///< the number of TaskScheduled
  TaskLabel label;
  Payload input;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  bool started = false;    ///< a handler or worker has taken it
  bool submitted = false;  ///< its call has returned; its answer comes by its token or from the execution `child`
  std::string child;       ///< ARN of the execution that it started and awaits; empty: none
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
/// The frame's Parallel or Map state waits for its branches or iterations.
struct AwaitingFrames {
  Payload items;                      ///< of a Map: an array; `{}` of a Parallel
  std::uint32_t total = 0;            ///< branches or items
  std::uint32_t opened = 0;           ///< those that have a frame or had one
  std::uint32_t finished = 0;         ///< those with an output
  std::uint32_t max_concurrency = 0;  ///< of a Map; 0 of a Parallel
};
/// The branch or iteration has its output. Within a turn also: what the state awaited has been answered.
struct Finished {
  Payload output;
};
/// The order is part of the stored format: alternatives are added at the end and never removed (codec.h).
using Standing = std::variant<Ready, AwaitingTimer, AwaitingTask, AwaitingFrames, Finished>;

/// A position of control: the workflow itself, a branch of a Parallel state or an iteration of a Map state.
struct Frame {
  FrameId id = kRootFrame;
  std::optional<FrameId> parent;  ///< none: the root
  std::uint32_t index = 0;        ///< of the branch or iteration

  std::string state;  ///< name
  Payload input;      ///< raw input of the state, before InputPath
  Instant entered_at;
  std::uint32_t entered_id = 0;                           ///< history id of StateEntered, which AWS's messages name
  std::uint32_t last_id = 0;                              ///< previousEventId of the frame's next event
  std::map<std::string, Payload, std::less<>> variables;  ///< assigned in this frame; outer ones are the parents'
  std::vector<std::uint32_t> attempts;  ///< retries made, by index of the state's retrier; may be shorter than Retry
  std::uint32_t retry_count = 0;        ///< $$.State.RetryCount
  Standing standing = Ready{};
};

/// Bytes of the frame's own variables.
std::size_t variable_bytes_of(const Frame& frame);

/// One thing that an execution awaits from outside: a timer, a task, an answer, or the next turn.
struct Awaited {
  enum class Kind : std::uint8_t {
    Timer,  ///< of a Wait state or a retry
    Task,   ///< to be called, or to be offered to the workers of an activity
    TaskTimeout,
    TaskHeartbeat,
    ExecutionTimeout,
    Continue,  ///< a ready frame: command::Continue
    Answer,    ///< of a task, by its token
    Child      ///< the end of the execution that a task has started, or an answer by the task's token
  } kind;
  FrameId frame;
  EventNumber token = 0;  ///< of the timer or task; 0 for Continue and ExecutionTimeout
  Instant due;            ///< of the timer and the timeouts
  bool absolute = false;  ///< the timer waits for the date `due`, else for the time until then to pass

  friend auto operator<=>(const Awaited&, const Awaited&) = default;
};

/// The frames that a commit has to write or remove. A frame has a cold part (its state's input, variables, items) and a
/// hot one (standing, counters), so that a Map of 10,000 items does not write its items 10,000 times.
struct Changes {
  std::set<FrameId> cold;
  std::set<FrameId> hot;
  std::set<FrameId> dropped;
};

/// Thread: one at a time. Copying one shares its payloads.
class Execution {
 public:
  const Identity& identity() const { return identity_; }
  Status status() const { return status_; }
  /// False for an Execution that has absorbed no event yet.
  bool started() const { return last_number_ > 0; }
  const Payload& input() const { return input_; }
  const std::optional<Payload>& output() const { return output_; }
  const Failure& failure() const { return failure_; }
  /// The innermost state whose failure ended the execution, or the state in which the execution was timed out or
  /// aborted. Empty unless that has happened; not stored.
  const std::string& failed_state() const { return failed_state_; }
  Instant started_at() const { return started_at_; }
  std::optional<Instant> stopped_at() const { return stopped_at_; }
  std::optional<Instant> times_out_at() const { return times_out_at_; }
  std::uint32_t redrive_count() const { return redrive_count_; }
  std::optional<Instant> redriven_at() const { return redriven_at_; }
  EventNumber last_number() const { return last_number_; }
  std::uint32_t last_history_id() const { return last_history_id_; }

  /// Bytes of the variables of all frames (AWS dev guide, quotas: 10 MiB). Constant time.
  std::size_t variable_bytes() const { return variable_bytes_; }

  /// Asserts that there is such a frame.
  const Frame& frame(FrameId id) const;
  /// Null if there is none.
  const Frame* find(FrameId id) const;
  const std::map<FrameId, Frame>& frames() const { return frames_; }
  /// The frames opened beneath that frame, in order of opening.
  const std::vector<FrameId>& children(FrameId id) const;
  /// The ready frame with the lowest id; none once the execution has ended.
  std::optional<FrameId> next_ready() const;

  /// What that frame awaits; empty if there is no such frame.
  std::vector<Awaited> awaited(FrameId id) const;
  /// What the execution awaits, its own timeout included; empty once it has ended.
  std::vector<Awaited> awaited() const;

  /// Frees the trees of all payloads and keeps their packed text (base/payload.h). The values stay the same.
  void drop_trees() const;

  /// Since the last call of changes_stored().
  const Changes& changes() const { return changes_; }
  /// The engine has stored what changes() named.
  void changes_stored() { changes_ = {}; }

 private:
  friend class Absorption;  // absorb()
  friend class Snapshot;    // codec.h: restores what was stored

  Identity identity_;
  Status status_ = Status::Running;
  Payload input_;
  std::optional<Payload> output_;
  Failure failure_;
  std::string failed_state_;
  Instant started_at_{};
  std::optional<Instant> stopped_at_;
  std::optional<Instant> times_out_at_;
  std::uint32_t redrive_count_ = 0;
  std::optional<Instant> redriven_at_;
  EventNumber last_number_ = 0;
  std::uint32_t last_history_id_ = 0;
  std::uint32_t next_frame_ = 1;
  std::size_t variable_bytes_ = 0;  ///< a sum over frames_, kept while they change
  std::map<FrameId, Frame> frames_;
  std::map<FrameId, std::vector<FrameId>> children_;
  std::set<FrameId> ready_;
  Changes changes_;
};

/// Applies one event. Live execution and replay both use this function. Asserts that `event` is the next one. If an
/// exception leaves it, `execution` may be half changed.
void absorb(Execution& execution, const Event& event);

}  // namespace stepd::core
