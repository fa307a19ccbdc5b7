// What executions log, in the shape that AWS Step Functions writes to CloudWatch Logs. Where it goes is another's.
#pragma once

#include "base/log_groups.h"
#include "engine/run/turn_listener.h"

namespace stepd::run {

class ExecutionLog final : public TurnListener {
 public:
  /// `groups` outlives it.
  explicit ExecutionLog(LogGroups& groups) : groups_(groups) {}

  void committed(const HeardTurn& turn) override;

 private:
  LogGroups& groups_;
};

}  // namespace stepd::run
