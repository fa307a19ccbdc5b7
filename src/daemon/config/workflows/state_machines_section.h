// The configuration's `state_machines`: definitions in files that stand ready when the daemon has started.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/fault.h"
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
  std::filesystem::path file;
  std::string definition;  ///< JSON, placeholders filled in
  std::string role_arn;
  storage::StateMachineType type = storage::StateMachineType::Standard;
  std::optional<std::string> configuration = {};  ///< run::CreateStateMachine::configuration; none: as it is
};

/// Placeholder -> value.
using Substitutions = std::map<std::string, std::string>;

/// `given` comes before the substitutions of a machine. Faults within a definition go to `faults` with the definition's
/// own file and line; warnings too.
std::vector<StateMachine> read_state_machines(Mapping& root, const triggers::Origin& origin, const Substitutions& given,
                                              Faults& faults);

/// The name that `key` gives, and a fault unless one of `machines` has it.
std::string read_target(Mapping& mapping, std::string_view key, const std::vector<StateMachine>& machines);

}  // namespace stepd::daemon
