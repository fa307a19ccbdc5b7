// The context object `$$` (AWS dev guide: Accessing execution data from the Context object).
#pragma once

#include "base/json.h"
#include "engine/core/execution.h"

#include <optional>

namespace stepd::core {

/// The item that an ItemSelector is evaluated for, before its iteration exists.
struct MapItem {
  std::uint32_t index;
  const Json& value;
};

/// What the context object shows of some types of state only.
struct StateTraits {
  bool retries = false;              ///< has Retry: shows $$.State.RetryCount
  std::optional<std::string> token;  ///< $$.Task.Token
};

/// With null for `Execution.Input`, which may be large and is seldom looked at.
Json context_object(const Execution& execution, FrameId frame, const StateTraits& state,
                    const std::optional<MapItem>& item);

}  // namespace stepd::core
