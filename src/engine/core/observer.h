// Being told what a turn computes and records, while it does. An observer sees everything and changes nothing.
#pragma once

#include "engine/core/execution.h"

#include <cstdint>

namespace stepd::core {

/// Values on the way through a state (AWS API reference: InspectionData).
enum class Step : std::uint8_t {
  AfterInputPath,
  AfterParameters,
  AfterItemsPath,
  AfterItemSelector,  ///< once per item
  MaxConcurrency,     ///< of a Map, as its author asked for it; 0: as many as there may be
  ToleratedFailureCount,
  ToleratedFailurePercentage,
  Result,
  AfterResultSelector,
  AfterResultPath,
};

/// Called from within decide(), on its thread; must not call back.
class Observer {
 public:
  virtual ~Observer() = default;
  /// The frame's state has come to that value; the same one may be told again.
  virtual void computed(FrameId frame, Step step, const Payload& value) = 0;
  /// The frame's state has failed; whether it is retried or caught is told by the next event.
  virtual void failed(FrameId frame, const Failure& failure) = 0;
  /// The event has been absorbed.
  virtual void recorded(const Execution& execution, const Event& event) = 0;
};

}  // namespace stepd::core
