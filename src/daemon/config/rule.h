// The configuration's `rules`: which events start which state machine, and with what input.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/state_machine.h"
#include "daemon/config/topic.h"
#include "triggers/rules.h"

#include <vector>

namespace stepd::daemon {

std::vector<triggers::EventRule> read_rules(Mapping& root, const triggers::Origin& origin,
                                            const std::vector<StateMachine>& machines,
                                            const std::vector<ConfiguredTopic>& topics);

}  // namespace stepd::daemon
