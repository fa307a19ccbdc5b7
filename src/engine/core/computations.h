// Tasks that need nothing but computation (decide.h, rule 8).
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "engine/core/event.h"

#include <optional>

namespace stepd::core {

/// Answers tasks that read and change nothing outside, and take no longer than the evaluation of a state's expressions
/// may.
class Computations {
 public:
  virtual ~Computations() = default;
  /// None: the task has to be started. Asked once per task, when it has been scheduled. Throws nothing.
  virtual std::optional<Result<Payload>> compute(const TaskLabel& label, const Payload& input) = 0;
};

}  // namespace stepd::core
