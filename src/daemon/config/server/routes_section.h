// The configuration's `routes`: paths of this server that start executions, answer from a table or call functions.
#pragma once

#include "api/api.h"
#include "base/items.h"
#include "daemon/config/mapping.h"
#include "daemon/config/storage/buckets_section.h"
#include "daemon/config/workflows/state_machines_section.h"
#include "services/service_options.h"
#include "triggers/object_events.h"

#include <vector>

namespace stepd::daemon {

/// What routes may name.
struct RouteTargets {
  const std::vector<StateMachine>& machines;
  const std::vector<TableSchema>& tables;
  const std::vector<Bucket>& buckets;
  const std::vector<services::Function>& functions;
  bool any_function = false;  ///< functions may also be served elsewhere, under any name
};

api::Routes read_routes(Mapping& root, const triggers::Origin& origin, const RouteTargets& targets);

}  // namespace stepd::daemon
