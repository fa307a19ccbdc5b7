#include "daemon/config/workflows/state_machines_section.h"

#include "daemon/config/storage/log_groups_section.h"
#include "daemon/definition_file.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

Substitutions read_substitutions(Mapping& mapping, const Substitutions& given) {
  Substitutions values = given;
  const Json* object = mapping.object("substitutions", false);
  if (object == nullptr) return values;
  for (const auto& [name, value] : object->items()) {
    if (value.is_string()) {
      values.emplace(name, value.get<std::string>());
    } else {
      mapping.fault("substitutions/" + name, "the value of ${" + name + "} must be a text (put it in quotes)");
    }
  }
  return values;
}

void read_definition(Mapping& mapping, StateMachine& machine, const Substitutions& given, Faults& faults) {
  const auto file = mapping.path("definition");
  const auto substitutions = read_substitutions(mapping, given);
  if (!file) {
    if (!mapping.has("definition")) mapping.fault_here("the key 'definition' is missing");
    return;
  }
  machine.file = *file;
  auto checked = check_definition(*file, substitutions);
  if (!checked) return mapping.fault("definition", checked.error().cause);
  for (const auto& name : checked->unfilled) {
    mapping.fault("definition",
                  "the definition has a placeholder ${" + name + "}, but substitutions has no '" + name + "'");
  }
  machine.definition = std::move(checked->json);
  std::move(checked->faults.begin(), checked->faults.end(), std::back_inserter(faults));
}

}  // namespace

std::vector<StateMachine> read_state_machines(Mapping& root, const triggers::Origin& origin, const Substitutions& given,
                                              Faults& faults) {
  using storage::StateMachineType;
  std::vector<StateMachine> machines;
  root.each("state_machines", [&](const std::string& name, Mapping& mapping) {
    StateMachine machine;
    machine.name = name;
    if (!run::is_name(name)) {
      mapping.fault_here("'" + name + "' is no name of a state machine: 1 to 80 characters, none of them a space or " +
                         R"(one of < > { } [ ] ? * " # % \ ^ | ~ ` $ & , ; : /)");
    }
    read_definition(mapping, machine, given, faults);
    machine.role_arn = mapping.optional_text("role").value_or("arn:aws:iam::" + origin.account + ":role/stepd");
    machine.type =
        mapping.choice("type", {"STANDARD", "EXPRESS"}) == 0 ? StateMachineType::Standard : StateMachineType::Express;
    machine.configuration = read_logging(mapping, origin);
    machines.push_back(std::move(machine));
  });
  return machines;
}

std::string read_target(Mapping& mapping, std::string_view key, const std::vector<StateMachine>& machines) {
  std::string name = mapping.text(key);
  std::vector<std::string> known;
  std::transform(machines.begin(), machines.end(), std::back_inserter(known),
                 [](const auto& each) { return each.name; });
  if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
    mapping.fault(key, "there is no state machine '" + name + "'" + suggestion(name, known));
  }
  return name;
}

}  // namespace stepd::daemon
