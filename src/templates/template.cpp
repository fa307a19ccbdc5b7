#include "templates/template.h"

#include "base/nearest_word.h"
#include "templates/for_each.h"
#include "templates/globals.h"
#include "templates/template_limits.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

constexpr std::array<std::string_view, 12> kSections{"AWSTemplateFormatVersion",
                                                     "Description",
                                                     "Metadata",
                                                     "Parameters",
                                                     "Rules",
                                                     "Mappings",
                                                     "Conditions",
                                                     "Transform",
                                                     "Globals",
                                                     "Resources",
                                                     "Hooks",
                                                     "Outputs"};
constexpr std::string_view kSam = "AWS::Serverless-2016-10-31";

Node take_map(Node& root, std::string_view name, std::size_t most, Problems& problems) {
  Node* found = root.find(name);
  if (found == nullptr || found->is_null()) return Node::map(root.at);
  if (!found->is_map()) {
    problems.error(found->at, std::string(name) + ": expected a mapping (name: value)");
    return Node::map(found->at);
  }
  if (found->members.size() > most) {
    problems.error(found->at, std::string(name) + " has " + std::to_string(found->members.size()) +
                                  " entries; the limit is " + std::to_string(most));
    found->members.resize(most);
  }
  return std::move(*found);
}

std::vector<std::string> texts_of(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->is_scalar()) texts.push_back(node->text);
  for (const auto& item : node->items) {
    if (item.is_scalar()) texts.push_back(item.text);
  }
  return texts;
}

bool is_logical_id(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

std::optional<Resource> read_resource(Member& member, Problems& problems) {
  Resource resource;
  resource.logical_id = member.name;
  resource.at = member.at;
  const auto fault = [&](Place at, const std::string& why) {
    problems.error(at, member.name + ": " + why);
    return std::nullopt;
  };
  if (!is_logical_id(member.name)) return fault(member.at, "a logical id has letters and digits only");
  Node& body = member.value;
  if (!body.is_map()) return fault(member.value.at, "a resource is a mapping with a Type");
  const auto type = body.text_of("Type");
  if (!type || type->empty()) return fault(member.at, "the resource has no Type");
  resource.type = *type;
  resource.properties = Node::map(body.at);
  if (Node* properties = body.find("Properties"); properties != nullptr && !properties->is_null()) {
    if (!properties->is_map()) return fault(properties->at, "Properties: expected a mapping");
    resource.properties = std::move(*properties);
  }
  if (const Node* condition = body.find("Condition")) {
    if (!condition->is_text()) return fault(condition->at, "Condition: expected the name of a condition");
    resource.condition = condition->text;
  }
  if (const Node* metadata = body.find("Metadata")) resource.metadata = *metadata;
  resource.depends_on = texts_of(body.find("DependsOn"));
  return resource;
}

void check_dependencies(const Template& read, Problems& problems) {
  std::vector<std::string_view> known;
  for (const auto& each : read.resources) known.push_back(each.logical_id);
  for (const auto& each : read.resources) {
    for (const auto& wanted : each.depends_on) {
      if (read.find(wanted) != nullptr) continue;
      problems.error(each.at, each.logical_id + ": DependsOn names '" + wanted + "', but there is no such resource" +
                                  suggestion(wanted, known));
    }
  }
}

/// What SAM resources need, which their template may have forgotten.
void check_transform(const Template& read, Problems& problems) {
  const bool declared = std::find(read.transforms.begin(), read.transforms.end(), kSam) != read.transforms.end();
  if (declared) return;
  const auto sam = std::find_if(read.resources.begin(), read.resources.end(),
                                [](const Resource& each) { return each.type.starts_with("AWS::Serverless::"); });
  if (sam == read.resources.end()) return;
  problems.warning(sam->at, sam->logical_id + " is a SAM resource, but the template has no 'Transform: " +
                                std::string(kSam) + "': AWS would refuse it");
}

}  // namespace

const Resource* Template::find(std::string_view logical_id) const {
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [&](const Resource& each) { return each.logical_id == logical_id; });
  return found == resources.end() ? nullptr : &*found;
}

bool looks_like_template(const Node& root) {
  const Node* resources = root.find("Resources");
  return resources != nullptr && resources->is_map() && !root.has("States");
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  const auto nearest = nearest_word(word, known);
  if (!nearest.empty()) return ", did you mean '" + std::string(nearest) + "'?";
  constexpr std::size_t kShown = 10;
  std::string list;
  for (std::size_t i = 0; i < std::min(known.size(), kShown); ++i) list += (i == 0 ? "" : ", ") + std::string(known[i]);
  if (known.size() > kShown) list += ", ...";
  return list.empty() ? ", there is none" : ", known are " + list;
}

std::optional<Template> read_template(Node root, Problems& problems) {
  if (!root.is_map() || !root.has("Resources")) {
    problems.error({1, 1}, "this is no template: it has no Resources");
    return std::nullopt;
  }
  for (const auto& member : root.members) {
    const std::vector<std::string_view> known(kSections.begin(), kSections.end());
    if (std::find(known.begin(), known.end(), member.name) != known.end()) continue;
    problems.error(member.at, "unknown section '" + member.name + "'" + suggestion(member.name, known));
  }
  Template read;
  read.description = root.text_of("Description").value_or("");
  read.transforms = texts_of(root.find("Transform"));
  expand_loops(root, problems);
  read.parameters = take_map(root, "Parameters", limits::kSectionEntries, problems);
  read.mappings = take_map(root, "Mappings", limits::kSectionEntries, problems);
  read.conditions = take_map(root, "Conditions", limits::kSectionEntries, problems);
  read.globals = take_map(root, "Globals", limits::kSectionEntries, problems);
  read.outputs = take_map(root, "Outputs", limits::kSectionEntries, problems);
  Node resources = take_map(root, "Resources", limits::kResources, problems);
  for (auto& member : resources.members) {
    if (auto resource = read_resource(member, problems)) read.resources.push_back(*std::move(resource));
  }
  if (resources.members.empty()) problems.error(resources.at, "Resources is empty");
  check_dependencies(read, problems);
  check_transform(read, problems);
  merge_globals(read.globals, read.resources, problems);
  return read;
}

}  // namespace stepd::templates
