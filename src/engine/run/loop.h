// One thread's work: jobs that others post, and timers on the injected clock. It knows nothing of executions.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stepd::run {

enum class TimerId : std::uint64_t {};

/// Jobs and timers run one after the other, on the thread of start() or of whoever calls run_ready().
class Loop {
 public:
  /// `name` is the thread's, at most 15 characters.
  Loop(std::string name, const Clock& clock);
  /// Stops.
  ~Loop();

  /// Runs `job` soon. Thread: any.
  void post(std::function<void()> job);

  /// Runs `job` when the clock has reached `due`, in order of `due`. Thread: the loop's.
  TimerId call_at(Instant due, std::function<void()> job);
  /// One that has run is ignored. Thread: the loop's.
  void cancel(TimerId timer);

  /// Runs jobs and timers on a thread of its own until stop().
  void start();
  /// Waits for the job that runs; further ones are dropped. Thread: any but the loop's.
  void stop();

  /// Without start(): runs what is posted and due now, and what that posts, until nothing is left.
  void run_ready();
  /// When the next timer is due.
  std::optional<Instant> next_due() const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::run
