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

/// A state with that name in the workflow or in what is nested in it. `json_path` becomes the language it inherits.
const Json* find_state(const Json& workflow, const std::string& name, bool& json_path) {
  if (const auto language = text_in(workflow, "QueryLanguage"); !language.empty()) json_path = language != "JSONata";
  const Json* states = object_in(workflow, "States");
  if (states == nullptr) return nullptr;
  if (const auto found = states->find(name); found != states->end()) return &*found;
  const bool inherited = json_path;
  const auto look_into = [&](const Json& nested) {
    json_path = inherited;
    return find_state(nested, name, json_path);
  };
  for (const auto& state : *states) {
    if (!state.is_object()) continue;
    const Json* found = nullptr;
    for_each_object_in(state, "Branches", [&](const Json& branch) {
      if (found == nullptr) found = look_into(branch);
    });
    for (const char* processor : {"ItemProcessor", "Iterator"}) {
      const Json* nested = object_in(state, processor);
      if (found == nullptr && nested != nullptr) found = look_into(*nested);
    }
    if (found != nullptr) return found;
  }
  return nullptr;
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
  bool json_path = true;
  if (state_name) {
    const Json* state = find_state(*json, *state_name, json_path);
    if (state == nullptr) return AslError{"ValidationException", "State not found in definition"};
    tested.describe(*state, json_path);
  } else {
    tested.machine_ = machine_around(definition, *json);
    tested.describe(*json, json_path);
  }
  return tested;
}

void TestedDefinition::describe(const Json& state, bool machine_is_json_path) {
  if (!state.is_object()) return;
  type_ = text_in(state, "Type");
  const auto language = text_in(state, "QueryLanguage");
  is_json_path_ = language.empty() ? machine_is_json_path : language != "JSONata";
  has_result_writer_ = state.contains("ResultWriter");
  for (const char* field : {"ItemReader", "ItemBatcher"}) {
    if (type_ == "Map" && state.contains(field)) untestable_field_ = field;
  }
  if (type_ != "Task") return;
  if (auto resource = asl::Resource::parse(text_in(state, "Resource"))) resource_ = *std::move(resource);
}

}  // namespace stepd::core
