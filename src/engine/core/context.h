// The context object `$$` of a state (AWS dev guide: Accessing execution data from the Context object).
//
// 1. Members stand in AWS's order, because a template that selects `$$` whole shows it.
// 2. $$.Map.Item is that of the nearest iteration that the frame is or lies in.
// 3. The execution's input and the item are shared with the execution, not copied.
#pragma once

#include "base/value/value.h"
#include "engine/core/execution.h"

#include <optional>

namespace stepd::core {

/// The item that an ItemSelector is evaluated for, before its iteration exists.
struct MapItem {
  std::uint32_t index;
  Value value;
};

/// Parts of the context object that only some states have.
struct StateTraits {
  bool retries = false;              ///< the state's type may have Retry: $$.State.RetryCount is shown
  std::optional<std::string> token;  ///< $$.Task.Token; none: not shown
};

/// The context object of the state that `frame` is in. `item`: what $$.Map.Item shows instead of the frame's own.
Value context_object(const Execution& execution, FrameId frame, const StateTraits& state,
                     const std::optional<MapItem>& item);

}  // namespace stepd::core
