// Delivers what is in the outbox, again and again until it is taken or given up. At least once: a crash between a
// receiver's yes and the note of it tells the receiver once more, under the same id.
#pragma once

#include "base/clock.h"
#include "base/outbox.h"
#include "tasks/notify/destination.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace stepd::tasks {

/// Attempts at once at one destination: a slow one keeps no connection from the others.
inline constexpr std::size_t kAttemptsAtOnce = 8;

class Courier {
 public:
  /// `outbox` and `clock` outlive it. Messages for a destination that is not among these are given up.
  Courier(Outbox& outbox, const Clock& clock, std::vector<Destination> destinations);
  /// Stops.
  ~Courier();

  /// From now on a thread of its own delivers.
  void start();
  /// There may be new messages. Thread: any; never blocks.
  void wake();
  /// Begins nothing more and gives what is under way a short while; the rest stays in the outbox.
  void stop();
  /// Makes a dead letter of all that is left: for an outbox that ends with the process. After stop().
  void give_up();

  /// What the thread does whenever it is woken: notes what attempts came to and begins those that are due. Answers when
  /// to be called again at the latest; for tests that drive a courier that was not started.
  Instant step();
  /// Attempts that are under way, and those whose end is not yet durable.
  std::size_t under_way() const;

 private:
  class Desk;
  std::unique_ptr<Desk> desk_;
};

}  // namespace stepd::tasks
