// The context object `$$` (AWS dev guide: Accessing execution data from the Context object).
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

/// What the context object shows of some types of state only.
struct StateTraits {
  bool retries = false;              ///< has Retry: shows $$.State.RetryCount
  std::optional<std::string> token;  ///< $$.Task.Token
};

/// Members in AWS's order. The execution's input and the item are shared, not copied.
Value context_object(const Execution& execution, FrameId frame, const StateTraits& state,
                     const std::optional<MapItem>& item);

}  // namespace stepd::core
