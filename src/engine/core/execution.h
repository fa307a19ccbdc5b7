// The state of one execution: a tree of frames, a fold of its events. Read-only to everybody but absorb().
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
struct AwaitingTimer {
  Instant due;
  EventNumber since = 0;  ///< the event that armed it
  bool retry = false;     ///< else a Wait
};
struct AwaitingTask {
  EventNumber token = 0;
  TaskLabel label;
  Payload input;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  bool started = false;
  bool submitted = false;  ///< only its answer is missing: by its token, or by the execution that it started
  std::string child;       ///< ARN of that execution
  std::optional<Instant> times_out_at;
  std::optional<Instant> heartbeat_due;
};
struct AwaitingFrames {
  Payload items;  ///< of a Map
  std::uint32_t total = 0;
  std::uint32_t opened = 0;
  std::uint32_t finished = 0;
  std::uint32_t max_concurrency = 0;
};
struct Finished {
  Payload output;
};
using Standing = std::variant<Ready, AwaitingTimer, AwaitingTask, AwaitingFrames, Finished>;

struct Frame {
  FrameId id = kRootFrame;
  std::optional<FrameId> parent;
  std::uint32_t index = 0;  ///< of the branch or iteration

  std::string state;
  Payload input;  ///< raw input of the state
  Instant entered_at;
  std::uint32_t entered_id = 0;  ///< history id of StateEntered; AWS's messages name it
  std::uint32_t last_id = 0;     ///< what the next event's previousEventId is
  std::map<std::string, Payload, std::less<>> variables;
  std::vector<std::uint32_t> attempts;  ///< retries used, per retrier of the state
  std::uint32_t retry_count = 0;        ///< $$.State.RetryCount
  Standing standing = Ready{};
};

std::size_t variable_bytes_of(const Frame& frame);

/// One thing that the outside world owes an execution.
struct Awaited {
  enum class Kind : std::uint8_t {
    Timer,
    Task,  ///< to be called, or offered to the workers of an activity
    TaskTimeout,
    TaskHeartbeat,
    ExecutionTimeout,
    Continue,
    Answer,  ///< a task's, from whoever has its token
    Child    ///< the end of the execution that a task has started, or an answer by its token
  } kind;
  FrameId frame;
  EventNumber token = 0;  ///< the event that made it awaited; 0 for Continue and ExecutionTimeout
  Instant due;            ///< of timers

  friend auto operator<=>(const Awaited&, const Awaited&) = default;
};

/// What a commit has to write: a frame has a cold part (its state's input, variables, items) and a hot one (standing,
/// counters), so that a Map of 10,000 items does not write its items 10,000 times.
struct Changes {
  std::set<FrameId> cold;
  std::set<FrameId> hot;
  std::set<FrameId> dropped;
};

class Execution {
 public:
  const Identity& identity() const { return identity_; }
  Status status() const { return status_; }
  bool started() const { return last_number_ > 0; }
  const Payload& input() const { return input_; }
  const std::optional<Payload>& output() const { return output_; }
  const Failure& failure() const { return failure_; }
  Instant started_at() const { return started_at_; }
  std::optional<Instant> stopped_at() const { return stopped_at_; }
  std::optional<Instant> times_out_at() const { return times_out_at_; }
  std::uint32_t redrive_count() const { return redrive_count_; }
  std::optional<Instant> redriven_at() const { return redriven_at_; }
  EventNumber last_number() const { return last_number_; }
  std::uint32_t last_history_id() const { return last_history_id_; }

  /// Bytes of all variables that can be seen in some frame (AWS dev guide, quotas: 10 MiB). Constant time.
  std::size_t variable_bytes() const { return variable_bytes_; }

  const Frame& frame(FrameId id) const;
  const Frame* find(FrameId id) const;
  const std::map<FrameId, Frame>& frames() const { return frames_; }
  /// Branches or iterations opened beneath that frame, in order of opening.
  const std::vector<FrameId>& children(FrameId id) const;
  /// The lowest frame whose state is to be entered.
  std::optional<FrameId> next_ready() const;

  /// What the world owes that frame.
  std::vector<Awaited> awaited(FrameId id) const;
  /// What the world owes the execution: nothing once it has ended.
  std::vector<Awaited> awaited() const;

  /// Gives back the memory of parsed payloads, which keep their packed text (base/payload.h). It changes nothing else.
  void drop_trees() const;

  const Changes& changes() const { return changes_; }
  /// The runner has stored what changes() said.
  void changes_stored() { changes_ = {}; }

 private:
  friend class Absorption;  // absorb(): the only writer
  friend class Snapshot;    // codec: restores what was stored

  Identity identity_;
  Status status_ = Status::Running;
  Payload input_;
  std::optional<Payload> output_;
  Failure failure_;
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

/// Applies one event: assigns, never computes. Live execution and replay use the same function.
void absorb(Execution& execution, const Event& event);

}  // namespace stepd::core
