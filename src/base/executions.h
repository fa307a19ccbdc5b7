// ExecutionStarter: the interface through which a task handler starts executions of this engine.
#pragma once

#include "base/clock.h"
#include "base/lineage.h"
#include "base/result.h"

#include <string>

namespace stepd {

struct NewExecution {
  std::string state_machine;  ///< ARN, or a name of this region and account
  std::string name;           ///< the same name and input again do not start a second execution
  std::string input;          ///< JSON text
  Lineage lineage = {};       ///< of the execution that is to be
};
struct BegunExecution {
  std::string arn;
  Instant started_at;
};

/// Thread: any; blocks until the start is durable.
class ExecutionStarter {
 public:
  virtual ~ExecutionStarter() = default;
  /// Errors carry the name of AWS's exception: `ExecutionAlreadyExists`, `StateMachineDoesNotExist`, ...
  virtual Result<BegunExecution> start(NewExecution wanted) = 0;
};

}  // namespace stepd
