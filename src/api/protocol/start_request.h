// What StartExecution and StartSyncExecution are asked with.
#pragma once

#include "api/protocol/api_error.h"
#include "api/protocol/members.h"
#include "base/value/value.h"
#include "engine/run/gateway.h"

#include <optional>

namespace stepd::api {

/// Reads the members that both operations have, then checks what `members` has read so far.
Checked<run::StartExecution> read_start(Members& members);

/// The same of a request that says nothing but `stateMachineArn`, `name` and `input`, each as a text that breaks no
/// rule. None: read_start() says what the request means, or what is wrong.
std::optional<run::StartExecution> read_plain_start(const Value& arguments);

}  // namespace stepd::api
