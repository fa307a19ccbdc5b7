// SIGTERM and SIGINT as something to wait for, beside one more reason to end. Other signals that would end the process
// undrained, as SIGHUP when a terminal is closed, are told of in the log and change nothing.
#pragma once

#include "base/descriptor.h"

#include <cstdint>

namespace stepd::daemon {

/// Made before any thread, so that all of them leave the signals to wait(). The process has one at most.
class Signals {
 public:
  Signals();

  enum class Reason : std::uint8_t { Asked, Fatal };

  /// Ends wait(). Thread: any.
  void raise_fatal();
  /// Blocks until SIGTERM, SIGINT or raise_fatal(); from then on a further one of these ends the process at once.
  Reason wait();

 private:
  /// False: raise_fatal() was called.
  bool await_end();

  Descriptor signals_;
  Descriptor fatal_;
};

}  // namespace stepd::daemon
