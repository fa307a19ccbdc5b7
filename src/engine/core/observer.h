// Observer: is told what a turn computes and records while it runs. TestState uses it (inspect/inspection.h).
//
// 1. An observer cannot change the turn. Its functions answer nothing.
// 2. Its functions run within decide(), on its thread, and must not call decide() or the turn, which is in the middle
//    of a step.
#pragma once

#include "engine/core/execution.h"

#include <cstdint>

namespace stepd::core {

/// Values that a state computes (AWS API reference: InspectionData).
enum class Step : std::uint8_t {
  AfterInputPath,
  AfterParameters,
  AfterArguments,
  AfterItemsPath,
  AfterItemSelector,  ///< once per item
  MaxConcurrency,     ///< of a Map, as its author asked for it; 0: no limit
  ToleratedFailureCount,
  ToleratedFailurePercentage,
  Result,
  AfterResultSelector,
  AfterResultPath,
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// The frame's state has computed that value. A step may be told more than once.
  virtual void computed(FrameId frame, Step step, const Payload& value) = 0;
  /// The frame's state has failed. The next event shows whether the failure is retried or caught.
  virtual void failed(FrameId frame, const Failure& failure) = 0;
  /// The event has been absorbed by `execution`.
  virtual void recorded(const Execution& execution, const Event& event) = 0;
};

}  // namespace stepd::core
