// The door for those who want to know what executions do: logs, events to others, tests. Nobody behind it decides.
#pragma once

#include "engine/core/event.h"
#include "engine/core/execution.h"
#include "engine/run/machines.h"

#include <string_view>
#include <vector>

namespace stepd::run {

/// What a turn of an execution has made durable, or, of an EXPRESS one, final. Valid during the call.
struct CommittedTurn {
  const Machine& machine;
  std::uint32_t machine_version = 0;  ///< as in storage::ExecutionRecord
  std::string_view machine_alias;
  const core::Execution& execution;  ///< after these events
  const std::vector<core::Event>& events;
  std::string_view trace_header;
};

class TurnListener {
 public:
  virtual ~TurnListener() = default;
  /// Once per turn and in their order, but not for a turn whose process ended between the commit and this call.
  /// Thread: the loop of the execution's shard; must not block.
  virtual void committed(const CommittedTurn& turn) = 0;
};

}  // namespace stepd::run
