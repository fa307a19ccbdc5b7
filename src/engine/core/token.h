// Task tokens: what the worker of an activity or a callback answers with (ADR 0019).
//
// 1. A token names an execution, a frame and the event that schedules the task. All three are stored, so the token of a
//    task is the same after a restart.
// 2. A token has a proof: 128 bits of HMAC-SHA-256, keyed with the execution's secret, over frame and event. Nobody can
//    make a token from an ARN or from another token.
// 3. Reading a token checks its form, is_proven() its proof, and decide() whether the task is still awaited. Reading
//    needs no execution, because it finds out which execution to ask.
// 4. is_proven() compares in constant time and believes no token of an execution without a secret.
#pragma once

#include "engine/core/execution.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd::core {

/// The token of the task that event `number` schedules. Opaque to users.
std::string task_token(const Execution& execution, FrameId frame, EventNumber number);

/// The parts of a well-formed token. is_proven() says whether they can be believed.
struct TaskToken {
  std::string execution_arn;
  FrameId frame = kRootFrame;
  EventNumber number = 0;
  std::string proof;
};

/// None if `text` does not have the form of a token, or has more than 2,048 characters.
std::optional<TaskToken> read_task_token(std::string_view text);

/// Whether the execution of that identity made the token.
bool is_proven(const TaskToken& token, const Identity& identity);

}  // namespace stepd::core
