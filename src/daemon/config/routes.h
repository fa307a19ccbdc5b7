// The configuration's `routes`: paths of this server that start executions or answer from a table.
#pragma once

#include "base/items.h"
#include "daemon/config/mapping.h"
#include "daemon/config/state_machine.h"
#include "triggers/events.h"

#include <string>
#include <vector>

namespace stepd::daemon {

/// `POST path`: the body, a JSON object, becomes the input of an execution.
struct StartRoute {
  std::string path;
  std::string state_machine_arn;
  std::vector<std::string> required;  ///< members that the body must have
};

/// `GET path`: answers the item whose key is `key` filled with the path's captures.
struct StatusRoute {
  std::string path;  ///< `{name}` for one segment, `{name...}` for one or more
  std::string table;
  std::string key;  ///< e.g. `uploads/{file}`
};

struct Routes {
  std::vector<StartRoute> start;
  std::vector<StatusRoute> status;
};

Routes read_routes(Mapping& root, const triggers::Origin& origin, const std::vector<StateMachine>& machines,
                   const std::vector<TableSchema>& tables);

}  // namespace stepd::daemon
