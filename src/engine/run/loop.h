// One thread's work: jobs that others post, and timers on the injected clock.
//
// 1. Jobs and timers run one after the other, on the thread of start() or of whoever calls run_ready().
// 2. A timer waits for time to pass, unless it is told to wait for a date. Setting the system's clock thus neither
//    stalls a timeout nor brings it forward.
// 3. An exception that leaves a job is logged, and the loop goes on.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stepd::run {

enum class TimerId : std::uint64_t {};

/// What a timer measures.
enum class TimerClock {
  Steady,  ///< the time from now until the date, whatever happens to the system's clock meanwhile
  Date,
};

class Loop {
 public:
  /// `name` is the thread's, at most 15 characters.
  Loop(std::string name, const Clock& clock);
  /// Stops.
  ~Loop();

  /// Runs `job` soon. Thread: any.
  void post(std::function<void()> job);

  /// Runs `job` at `due`; timers run in the order in which they are due. `as_of` is when `due` was computed, by default
  /// now. Thread: the loop's.
  TimerId call_at(Instant due, std::function<void()> job, TimerClock which = TimerClock::Steady,
                  const std::optional<ClockReading>& as_of = {});
  /// One that has run is ignored. Thread: the loop's.
  void cancel(TimerId timer);

  /// Runs jobs and timers on a thread of its own until stop(). `nice` is the thread's (nice(2)).
  void start(int nice = 0);
  /// Waits for the job that runs; further ones are dropped. Thread: any but the loop's.
  void stop();

  // Without start():

  /// Runs what is posted and due now, and what that posts, until nothing is left.
  void run_ready();
  /// Runs the job that was posted first. False: there is none.
  bool run_job();
  /// Runs the timer that was due first. False: none is due.
  bool run_timer();
  /// When the next timer is due, if the system's clock is not set meanwhile.
  std::optional<Instant> next_due() const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::run
