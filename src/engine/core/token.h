// Task tokens: what an activity's worker or a callback answers with. They are made and read here alone.
// Whether the task that one names is still awaited is not known here.
#pragma once

#include "engine/core/execution.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd::core {

/// Of the task that event `number` schedules. Opaque to users, the same after a restart, at most 2,048 characters.
std::string task_token(const Execution& execution, FrameId frame, EventNumber number);

/// What a well-formed token says of itself; proven() tells whether to believe it.
struct TaskToken {
  std::string execution_arn;
  FrameId frame = kRootFrame;
  EventNumber number = 0;
  std::string proof;
};

/// None for what no task_token() ever was.
std::optional<TaskToken> read_task_token(std::string_view text);

/// Whether that execution made the token. The proof is a keyed digest, so that one token does not give away another's.
bool is_proven(const TaskToken& token, const Identity& identity);

}  // namespace stepd::core
