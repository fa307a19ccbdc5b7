// The door for those who want to know what executions do: logs, events to others, tests. Nobody behind it decides.
#pragma once

#include "base/outbox.h"
#include "engine/core/event.h"
#include "engine/core/execution.h"
#include "engine/run/machines.h"

#include <string_view>
#include <vector>

namespace stepd::run {

/// A turn of an execution, as its listeners see it. Valid during the call.
struct HeardTurn {
  const Machine& machine;
  std::uint32_t machine_version = 0;  ///< as in storage::ExecutionRecord
  std::string_view machine_alias;
  const core::Execution& execution;  ///< after these events
  const std::vector<core::Event>& events;
  std::string_view trace_header;
  bool has_messages = false;  ///< whether a listener answered some for it; once it is committed
};

/// Thread: any, several at once; must not block. The turns of one execution are told one after the other: by its
/// shard's loop, or, if its first turn ends it, by the thread that has started it (FirstTurns).
class TurnListener {
 public:
  virtual ~TurnListener() = default;
  /// Answers messages that are stored together with the turn, or not at all. A turn that could not be stored is decided
  /// again, and this is called again. Not for an EXPRESS execution, which stores nothing.
  virtual std::vector<OutboxRecord> messages(const HeardTurn& /*turn*/) { return {}; }
  /// The turn is durable, or, of an EXPRESS execution, final. Once per turn and in their order, but not for a turn
  /// whose process ended between the commit and this call.
  virtual void committed(const HeardTurn& turn) = 0;
};

}  // namespace stepd::run
