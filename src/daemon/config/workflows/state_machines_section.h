// The configuration's `state_machines`: definitions in files that stand ready when the daemon has started.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/fault.h"
#include "services/task_check.h"
#include "storage/store.h"
#include "triggers/object_events.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct StateMachine {
  std::string name;
  std::filesystem::path file;  ///< of the definition; empty if it stands in the configuration
  std::string definition;      ///< JSON, placeholders filled in
  std::string role_arn;
  storage::StateMachineType type = storage::StateMachineType::Standard;
  std::optional<std::string> configuration = {};  ///< run::CreateStateMachine::configuration; none: as it is
};

/// Placeholder -> value.
using Substitutions = std::map<std::string, std::string>;

/// `given` comes before the substitutions of a machine. Faults within a definition go to `faults` with the definition's
/// own file and line; warnings too, also of what its tasks name and `inventory` does not have.
std::vector<StateMachine> read_state_machines(Mapping& root, const triggers::Origin& origin, const Substitutions& given,
                                              const services::Inventory& inventory, Faults& faults);

/// The name that `key` gives, and a fault unless one of `machines` has it.
std::string read_target(Mapping& mapping, std::string_view key, const std::vector<StateMachine>& machines);

/// What an event leads to: one of the two.
struct EventTarget {
  std::string state_machine_arn;
  std::string function;
};

/// Of the keys `state_machine` and `function`; a fault unless exactly one is there and names something.
EventTarget read_event_target(Mapping& mapping, const triggers::Origin& origin,
                              const std::vector<StateMachine>& machines, const services::Inventory& inventory);

}  // namespace stepd::daemon
