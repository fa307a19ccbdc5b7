// SIGTERM and SIGINT as something to wait for, beside one more reason to end. It decides nothing.
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
  /// Blocks until a signal or raise_fatal(); from then on a further signal ends the process at once.
  Reason wait();

 private:
  Descriptor signals_;
  Descriptor fatal_;
};

}  // namespace stepd::daemon
