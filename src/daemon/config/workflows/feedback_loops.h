// Rules and notifications that feed themselves: an object that comes into a bucket starts what may write into that
// bucket. They are warnings, because keys and buckets that are made when a task runs are known in part only.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/storage/buckets_section.h"
#include "daemon/config/workflows/state_machines_section.h"
#include "services/service_options.h"
#include "triggers/object_events.h"
#include "triggers/rules.h"

#include <vector>

namespace stepd::daemon {

/// What decides whether a loop is possible.
struct EventGraph {
  const triggers::Origin& origin;
  const std::vector<Bucket>& buckets;
  const std::vector<services::Function>& functions;
  const std::vector<StateMachine>& state_machines;
  const std::vector<triggers::EventRule>& rules;
  const std::vector<triggers::Notification>& notifications;
};

/// One warning for each rule and notification that may feed itself, also through other rules, executions that it starts
/// and functions that it calls.
void check_feedback_loops(Mapping& root, const EventGraph& graph);

}  // namespace stepd::daemon
