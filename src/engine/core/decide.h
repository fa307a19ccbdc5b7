// The one place where it is decided what happens next. Pure: definition, execution, command and moment in, events out.
#pragma once

#include "base/clock.h"
#include "engine/asl/definition.h"
#include "engine/core/command.h"
#include "engine/core/execution.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stepd::core {

/// Says when a turn has taken long enough, so that other executions have theirs. Asked once per state.
class TimeSlice {
 public:
  virtual ~TimeSlice() = default;
  virtual bool is_over() const = 0;
};

/// All impurity that a turn may use, passed as values.
struct Moment {
  Instant now;
  std::uint64_t seed = 0;
  const TimeSlice* slice = nullptr;  ///< null: no limit of time
};

class Observer;

struct Decision {
  std::vector<Event> events;           ///< already absorbed
  std::optional<Rejection> rejection;  ///< then there are no events and nothing changed
};

/// Runs states until each frame awaits something, the execution ends, or the turn is long enough: `kTurnEvents` events,
/// `kTurnBytes` of payloads, or the end of its slice (then Awaited::Kind::Continue stays). `execution` is changed
/// through absorb() alone; if the events cannot be stored, the caller drops it and loads it again. `observer` may be
/// null.
///
/// A state that needs more memory than there is fails its execution (States.Runtime). Any other exception leaves
/// decide(), as does one that came while an event was recorded: the caller drops `execution`, which may be half
/// changed.
Decision decide(const asl::Definition& definition, Execution& execution, const Command& command, Moment moment,
                Observer* observer = nullptr);

/// The events of an execution that fails before its first state is entered: its start and its end.
Decision fail_start(const asl::Definition& definition, Execution& execution, const command::Start& start,
                    Failure failure, Moment moment);

/// The execution that the answer to a task's call names, where the task awaits its end (AWS Step Functions API:
/// StartExecution); else empty.
std::string awaited_child(const TaskLabel& label, const Payload& output);

inline constexpr std::size_t kTurnEvents = 512;
inline constexpr std::size_t kTurnBytes = 512 * 1024;

}  // namespace stepd::core
