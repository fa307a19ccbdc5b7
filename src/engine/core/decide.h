// decide(): what an execution does next. It takes a definition, an execution, a command and a moment, and answers the
// events that follow or a rejection.
//
// 1. decide() performs no I/O, takes no lock and reads no clock, random device or environment. The time and the seed of
//    random values are in Moment. The same arguments give the same events, unless a time slice ends the turn, so a test
//    can repeat a run exactly.
// 2. decide() changes the execution only by recording events, and each event is absorbed as it is recorded (absorb() in
//    execution.h). The execution in memory is therefore what its events make it.
// 3. A rejected command makes no event and changes nothing, so the caller needs no commit to answer it.
// 4. A command about a task or a timer names the frame and the token that it is about. It is rejected when the frame
//    awaits another token or nothing, because answers and timers may come late or twice (command.h).
// 5. decide() has no effects. What the caller has to start follows from Execution::awaited(), so that a commit that
//    fails leaves nothing behind that was started for it.
// 6. A turn ends before the next state is entered, once it has Moment::events_max events, Moment::bytes_max of
// payloads,
//    or its time slice is over. The frames that are ready then stay so (Awaited::Kind::Continue), and command::Continue
//    resumes them. This bounds a commit and lets other executions run. One state may exceed the limits of a turn.
// 7. A state that needs more memory than there is fails its execution with States.Runtime. Any other exception leaves
//    decide(), and so does one that is thrown while an event is being absorbed. The execution may then be half changed:
//    the caller drops it and loads it again.
// 8. A task that needs nothing but computation is answered within the turn that schedules it (Moment::computations), as
//    an intrinsic function is evaluated. Nothing of it can be lost or done twice, so it needs no commit of its own.
#pragma once

#include "base/clock.h"
#include "engine/asl/definition.h"
#include "engine/core/command.h"
#include "engine/core/computations.h"
#include "engine/core/execution.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stepd::core {

/// Says when a turn has taken long enough. decide() asks before it enters each state but the turn's first.
class TimeSlice {
 public:
  virtual ~TimeSlice() = default;
  virtual bool is_over() const = 0;
};

/// Knows which activities there are. Asked once per task that is about to be scheduled.
class ActivityDirectory {
 public:
  virtual ~ActivityDirectory() = default;
  virtual bool has_activity(const std::string& arn) const = 0;
};

inline constexpr std::size_t kTurnEvents = 512;
inline constexpr std::size_t kTurnBytes = 512 * 1024;

/// All impurity that a turn may use, passed as values.
struct Moment {
  Instant now;
  std::uint64_t seed = 0;
  const TimeSlice* slice = nullptr;               ///< null: no limit of time
  const ActivityDirectory* activities = nullptr;  ///< null: every activity exists
  Computations* computations = nullptr;           ///< null: every task has to be started
  std::size_t events_max = kTurnEvents;           ///< after so many the turn is long enough
  std::size_t bytes_max = kTurnBytes;             ///< likewise, of payloads
};

class Observer;

struct Decision {
  std::vector<Event> events;           ///< already absorbed
  std::optional<Rejection> rejection;  ///< if set, there are no events and nothing has changed
};

/// Takes the command, then runs states until every frame awaits something, the execution has ended, or the turn is long
/// enough. `definition` is the one that the execution was started with. If the events cannot be stored, the caller
/// drops `execution` and loads it again. `observer` may be null. Thread: the one that owns `execution`.
Decision decide(const asl::Definition& definition, Execution& execution, const Command& command, Moment moment,
                Observer* observer = nullptr);

/// Records the start and the failure of an execution that enters no state.
Decision fail_start(const asl::Definition& definition, Execution& execution, const command::Start& start,
                    Failure failure, Moment moment);

/// AWS's States.DataLimitExceeded for what a task answers: it names the service of an integration, and the ARN of a
/// function or an activity.
Failure oversized_result(const TaskLabel& label);

/// The execution that the answer to a task's call names, where the task awaits its end (AWS Step Functions API:
/// StartExecution); else empty.
std::string awaited_child(const TaskLabel& label, const Payload& output);

/// Whether the task's call starts an execution of this service (AWS dev guide: Start workflow executions from a task
/// state).
bool starts_execution(const TaskLabel& label);

}  // namespace stepd::core
