#include "engine/core/inspect/tested_definition.h"

#include "base/payload.h"
#include "engine/core/inspect/state_test.h"

#include <nlohmann/json.hpp>
#include <set>

namespace stepd::core {
namespace {

const Json* object_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? &*found : nullptr;
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <class Visit>
void for_each_object_in(const Json& object, const char* name, Visit visit) {
  const auto list = object.find(name);
  if (list == object.end() || !list->is_array()) return;
  for (const auto& item : *list) {
    if (item.is_object()) visit(item);
  }
}

/// Where a state is, and what it takes over from what lies around it.
struct Found {
  const Json* state = nullptr;
  bool in_map = false;
};

/// A state with that name in the workflow or in what is nested in it. `outside`: what holds around the workflow.
Found find_state(const Json& workflow, const std::string& name, Found outside) {
  const Json* states = object_in(workflow, "States");
  if (states == nullptr) return outside;
  if (const auto found = states->find(name); found != states->end()) {
    outside.state = &*found;
    return outside;
  }
  for (const auto& state : *states) {
    if (!state.is_object()) continue;
    Found found;
    for_each_object_in(state, "Branches", [&](const Json& branch) {
      if (found.state == nullptr) found = find_state(branch, name, outside);
    });
    for (const char* processor : {"ItemProcessor", "Iterator"}) {
      const Json* nested = object_in(state, processor);
      if (found.state == nullptr && nested != nullptr) found = find_state(*nested, name, {nullptr, true});
    }
    if (found.state != nullptr) return found;
  }
  return outside;
}

/// A machine around one state: the states it leads to end there.
std::string machine_around(const std::string& text, const Json& state) {
  const std::string name(kTestedStateName);
  std::set<std::string> targets{text_in(state, "Next"), text_in(state, "Default")};
  for (const char* list : {"Choices", "Catch"})
    for_each_object_in(state, list, [&](const Json& item) { targets.insert(text_in(item, "Next")); });
  targets.erase("");
  targets.erase(name);
  std::string machine = "{\"StartAt\":\"" + name + "\",\"States\":{\"" + name + "\":" + text;
  for (const auto& target : targets) machine += "," + print_json(Json(target)) + ":{\"Type\":\"Succeed\"}";
  return machine + "}}";
}

}  // namespace

Result<TestedDefinition> TestedDefinition::look_at(const std::string& definition,
                                                   const std::optional<std::string>& state_name) {
  TestedDefinition tested;
  tested.state_name_ = state_name.value_or(std::string(kTestedStateName));
  tested.machine_ = definition;
  const auto json = parse_json(definition);
  if (!json || !json->is_object()) return tested;
  if (state_name) {
    const auto found = find_state(*json, *state_name, {});
    if (found.state == nullptr) return AslError{"ValidationException", "State not found in definition"};
    tested.is_in_map_ = found.in_map;
    tested.describe(*found.state);
  } else {
    tested.machine_ = machine_around(definition, *json);
    tested.describe(*json);
  }
  return tested;
}

void TestedDefinition::describe(const Json& state) {
  if (!state.is_object()) return;
  type_ = text_in(state, "Type");
  has_result_writer_ = state.contains("ResultWriter");
  if (const auto branches = state.find("Branches"); branches != state.end() && branches->is_array())
    branches_ = branches->size();
  for (const char* field : {"ItemReader", "ItemBatcher"}) {
    if (type_ == "Map" && state.contains(field)) untestable_field_ = field;
  }
  if (type_ != "Task") return;
  if (auto resource = asl::Resource::parse(text_in(state, "Resource"))) resource_ = *std::move(resource);
}

}  // namespace stepd::core
