#include "engine/run/timers.h"

namespace stepd::run {
namespace {

core::Command elapsed_command(const core::Awaited& awaited) {
  namespace command = core::command;
  using enum core::Awaited::Kind;
  switch (awaited.kind) {
    case Timer:
      return command::WaitElapsed{awaited.frame, awaited.token, awaited.due};
    case TaskTimeout:
      return command::TaskTimeoutElapsed{awaited.frame, awaited.token, awaited.due};
    case TaskHeartbeat:
      return command::TaskHeartbeatElapsed{awaited.frame, awaited.token, awaited.due};
    case ExecutionTimeout:
      return command::ExecutionTimeoutElapsed{awaited.due};
    case Task:
    case Answer:
    case Child:
    case Continue:
      break;
  }
  return command::Continue{};
}

}  // namespace

TimerId Timers::arm(storage::ExecutionId id, const core::Awaited& awaited, const std::optional<ClockReading>& as_of) {
  const auto which = awaited.absolute ? TimerClock::Date : TimerClock::Steady;
  return loop_.call_at(
      awaited.due, [this, id, awaited] { turns_.submit(id, elapsed_command(awaited)); }, which, as_of);
}

}  // namespace stepd::run
