// The configuration's `routes`: paths of this server that start executions or answer from a table.
#pragma once

#include "api/api.h"
#include "base/items.h"
#include "daemon/config/mapping.h"
#include "daemon/config/state_machine.h"
#include "triggers/events.h"

#include <vector>

namespace stepd::daemon {

api::Routes read_routes(Mapping& root, const triggers::Origin& origin, const std::vector<StateMachine>& machines,
                        const std::vector<TableSchema>& tables);

}  // namespace stepd::daemon
