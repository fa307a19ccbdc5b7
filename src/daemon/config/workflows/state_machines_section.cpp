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

std::vector<std::string> names_of(const Substitutions& substitutions) {
  std::vector<std::string> names;
  for (const auto& [name, value] : substitutions) names.push_back(name);
  return names;
}

void tell_unfilled(Mapping& mapping, const std::vector<std::string>& unfilled, const Substitutions& substitutions) {
  for (const auto& name : unfilled) {
    mapping.fault("definition", "the definition has a placeholder ${" + name + "}, but substitutions has no '" + name +
                                    "'" + suggestion(name, names_of(substitutions)));
  }
}

/// A definition that is written in the configuration.
void read_inline(Mapping& mapping, StateMachine& machine, const Json& definition, const Substitutions& substitutions,
                 const services::Inventory& inventory) {
  auto checked =
      check_definition_tree(definition, substitutions,
                            {machine.type, [&](const Json& tree) { return services::check_tasks(tree, &inventory); }});
  tell_unfilled(mapping, checked.unfilled, substitutions);
  for (auto& each : checked.diagnostics) {
    each.pointer = mapping.pointer_to("definition") + each.pointer;
    mapping.reading().faults.push_back(std::move(each));
  }
  machine.definition = std::move(checked.json);
}

void read_definition(Mapping& mapping, StateMachine& machine, const Substitutions& given,
                     const services::Inventory& inventory, Faults& faults) {
  const Json* written = mapping.take("definition");
  if (written != nullptr && written->is_object()) {
    return read_inline(mapping, machine, *written, read_substitutions(mapping, given), inventory);
  }
  const auto file = mapping.path("definition");
  const auto substitutions = read_substitutions(mapping, given);
  if (!file) {
    if (!mapping.has("definition")) mapping.fault_here("the key 'definition' is missing");
    return;
  }
  machine.file = *file;
  auto checked = check_definition(*file, substitutions, {machine.type, [&](const Json& definition) {
                                                           return services::check_tasks(definition, &inventory);
                                                         }});
  if (!checked) return mapping.fault("definition", checked.error().cause);
  tell_unfilled(mapping, checked->unfilled, substitutions);
  machine.definition = std::move(checked->json);
  std::move(checked->faults.begin(), checked->faults.end(), std::back_inserter(faults));
}

}  // namespace

std::vector<StateMachine> read_state_machines(Mapping& root, const triggers::Origin& origin, const Substitutions& given,
                                              const services::Inventory& inventory, Faults& faults) {
  using storage::StateMachineType;
  std::vector<StateMachine> machines;
  root.each("state_machines", [&](const std::string& name, Mapping& mapping) {
    StateMachine machine;
    machine.name = name;
    if (!run::is_name(name)) {
      mapping.fault_here("'" + name + "' is no name of a state machine: 1 to 80 characters, none of them a space or " +
                         R"(one of < > { } [ ] ? * " # % \ ^ | ~ ` $ & , ; : /)");
    }
    machine.type =
        mapping.choice("type", {"STANDARD", "EXPRESS"}) == 0 ? StateMachineType::Standard : StateMachineType::Express;
    read_definition(mapping, machine, given, inventory, faults);
    machine.role_arn = mapping.optional_text("role").value_or("arn:aws:iam::" + origin.account + ":role/stepd");
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

EventTarget read_event_target(Mapping& mapping, const triggers::Origin& origin,
                              const std::vector<StateMachine>& machines, const services::Inventory& inventory) {
  EventTarget target;
  if (!mapping.has("function")) {
    mapping.take("function");
    target.state_machine_arn =
        run::state_machine_arn(origin.region, origin.account, read_target(mapping, "state_machine", machines));
    return target;
  }
  target.function = mapping.text("function");
  if (mapping.take("state_machine") != nullptr) mapping.fault("function", "there is 'state_machine' as well");
  const auto& known = inventory.functions;
  const bool found = inventory.any_function || std::find(known.begin(), known.end(), target.function) != known.end();
  if (!found && !target.function.empty()) {
    mapping.fault("function", "there is no function '" + target.function + "'" + suggestion(target.function, known));
  }
  return target;
}

}  // namespace stepd::daemon
