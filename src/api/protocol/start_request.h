// What StartExecution and StartSyncExecution are asked with.
#pragma once

#include "api/protocol/api_error.h"
#include "api/protocol/members.h"
#include "engine/run/gateway.h"

namespace stepd::api {

/// Reads the members that both operations have, then checks what `members` has read so far.
Checked<run::StartExecution> read_start(Members& members);

}  // namespace stepd::api
