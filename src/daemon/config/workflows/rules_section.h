// The configuration's `rules`: which events start which state machine or call which function, and with what input.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/workflows/state_machines_section.h"
#include "daemon/config/workflows/topics_section.h"
#include "triggers/rules.h"

#include <vector>

namespace stepd::daemon {

std::vector<triggers::EventRule> read_rules(Mapping& root, const triggers::Origin& origin,
                                            const std::vector<StateMachine>& machines,
                                            const std::vector<ConfiguredTopic>& topics,
                                            const services::Inventory& inventory);

}  // namespace stepd::daemon
