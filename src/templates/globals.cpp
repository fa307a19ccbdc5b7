#include "templates/globals.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

using Names = std::vector<std::string_view>;

struct GlobalType {
  std::string_view name;  ///< under Globals, and behind AWS::Serverless::
  Names refused;          ///< properties that only a resource has
  Names allowed;          ///< if not empty, the only ones
};

const std::vector<GlobalType>& global_types() {
  static const std::vector<GlobalType> kTypes{
      {"Function", {"Role", "Policies", "FunctionName", "Events", "InlineCode", "PackageType", "ImageUri"}, {}},
      {"Api", {"DefinitionBody"}, {}},
      {"HttpApi", {"DefinitionBody", "DefinitionUri"}, {}},
      {"SimpleTable", {}, {"SSESpecification"}},
      {"StateMachine", {}, {"PropagateTags"}},
      {"LayerVersion", {}, {"PublishLambdaVersion"}},
      {"CapacityProvider", {}, {}},
      {"WebSocketApi", {}, {}},
  };
  return kTypes;
}

Node merged(const Node& global, const Node& own) {
  const bool functions = !function_of(global).empty() || !function_of(own).empty();
  if (functions || global.kind != own.kind) return own;
  if (global.is_list()) {
    Node list = Node::list(global.items, own.at);
    list.items.insert(list.items.end(), own.items.begin(), own.items.end());
    return list;
  }
  if (!global.is_map()) return own;
  Node map = own;
  for (const auto& member : global.members) {
    const Node* present = own.find(member.name);
    map.set(member.name, present == nullptr ? member.value : merged(member.value, *present));
  }
  return map;
}

void check_global(const GlobalType& type, const Node& properties, Problems& problems) {
  for (const auto& member : properties.members) {
    const bool refused = std::find(type.refused.begin(), type.refused.end(), member.name) != type.refused.end();
    const bool allowed =
        type.allowed.empty() || std::find(type.allowed.begin(), type.allowed.end(), member.name) != type.allowed.end();
    if (!refused && allowed) continue;
    std::string list;
    for (const auto& each : type.allowed.empty() ? type.refused : type.allowed) {
      list += (list.empty() ? "" : ", ") + std::string(each);
    }
    problems.error(member.at, "Globals: '" + member.name + "' is no global property of a " + std::string(type.name) +
                                  (type.allowed.empty() ? "; only resources have " : "; there is only ") + list);
  }
}

/// `IgnoreGlobals: "*"`, or the properties that are not taken over.
bool is_ignored(const Node* ignored, const std::string& property) {
  if (ignored == nullptr) return false;
  if (ignored->is_text()) return ignored->text == "*";
  return std::any_of(ignored->items.begin(), ignored->items.end(),
                     [&](const Node& each) { return each.text == property; });
}

void apply(const Node& globals, Resource& resource) {
  const Node* ignored = resource.properties.find("IgnoreGlobals");
  const Node own = resource.properties;
  for (const auto& member : globals.members) {
    if (is_ignored(ignored, member.name)) continue;
    const Node* present = own.find(member.name);
    resource.properties.set(member.name, present == nullptr ? member.value : merged(member.value, *present));
  }
}

}  // namespace

void merge_globals(const Node& globals, std::vector<Resource>& resources, Problems& problems) {
  for (const auto& section : globals.members) {
    Names known;
    for (const auto& each : global_types()) known.push_back(each.name);
    const auto type = std::find(known.begin(), known.end(), section.name);
    if (type == known.end()) {
      problems.error(section.at, "Globals: unknown type '" + section.name + "'" + suggestion(section.name, known));
      continue;
    }
    if (!section.value.is_map()) {
      problems.error(section.value.at, "Globals: " + section.name + ": expected a mapping");
      continue;
    }
    check_global(global_types()[static_cast<std::size_t>(type - known.begin())], section.value, problems);
    for (auto& resource : resources) {
      if (resource.type == "AWS::Serverless::" + section.name) apply(section.value, resource);
    }
  }
}

}  // namespace stepd::templates
