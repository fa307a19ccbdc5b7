#include "engine/core/redrive.h"

#include <algorithm>

namespace stepd::core {
namespace {

template <class... Bodies>
bool is_one_of(const EventBody& body) {
  return (std::holds_alternative<Bodies>(body) || ...);
}

bool is_bad_end(const EventBody& body) {
  using namespace event;
  return is_one_of<ExecutionFailed, ExecutionTimedOut, ExecutionAborted>(body);
}

/// What follows from one failure within the turn that ends the execution, that failure's own event included.
bool belongs_to_end(const EventBody& body) {
  using namespace event;
  return is_bad_end(body) || is_one_of<StateAborted, FrameFailed, JoinFailed, IterationFailed, IterationAborted,
                                       TaskFailed, TaskTimedOut, TaskScheduleFailed, EvaluationFailed>(body);
}

/// A caught failure is followed by StateExited and a retried one by RetryPlanned, so the end's own events are the last
/// ones without a gap.
std::size_t before_end(const std::vector<Event>& events) {
  std::size_t count = events.size();
  while (count > 0 && belongs_to_end(events[count - 1].body)) --count;
  return count;
}

class Salvage {
 public:
  /// `failed`: the frame that the end began with.
  Salvage(const Execution& execution, FrameId failed) : x_(execution), failed_(failed) {}

  void take(FrameId id, Wreck& into) {
    Frame frame = x_.frame(id);
    const auto& children = x_.children(id);
    const bool goes_on =
        std::any_of(children.begin(), children.end(), [&](FrameId child) { return !is_through(child); });
    const bool again = !goes_on && !is_through(id);
    if (again) start_again(frame, into);
    into.frames.push_back(std::move(frame));
    // Of a state that is entered again nothing stands.
    if (again) return;
    for (const auto child : children) take(child, into);
  }

 private:
  /// A branch or iteration has its output. (A frame stands Finished too between its task's answer and its exit.)
  bool is_through(FrameId id) const {
    return id != kRootFrame && id != failed_ && std::holds_alternative<Finished>(x_.frame(id).standing);
  }

  static void start_again(Frame& frame, Wreck& into) {
    const auto* timer = std::get_if<AwaitingTimer>(&frame.standing);
    const bool task = std::holds_alternative<AwaitingTask>(frame.standing);
    if (task || (timer != nullptr && timer->retry)) into.rescheduled.push_back(frame.id);
    frame.standing = Ready{};
    // AWS begins a state's retries anew.
    frame.attempts.clear();
    frame.retry_count = 0;
  }

  const Execution& x_;
  const FrameId failed_;
};

}  // namespace

std::optional<Wreck> find_wreck(const std::vector<Event>& events) {
  if (events.empty() || !is_bad_end(events.back().body)) return std::nullopt;
  const auto standing = before_end(events);
  Wreck wreck;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i == standing) Salvage(wreck.ended, events[i].frame).take(kRootFrame, wreck);
    absorb(wreck.ended, events[i]);
  }
  wreck.ended.changes_stored();
  return wreck;
}

}  // namespace stepd::core
