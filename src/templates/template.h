// Template: the sections of a CloudFormation or SAM template, told apart. Nothing is resolved yet: a property may hold
// any function.
#pragma once

#include "templates/problems.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::templates {

struct Resource {
  std::string logical_id;
  std::string type;
  std::string condition;  ///< empty: none
  Node properties;        ///< a map; Globals are merged already
  Node metadata;
  std::vector<std::string> depends_on;
  Place at;  ///< of the logical id
};

struct Template {
  std::string description;
  std::vector<std::string> transforms;
  Node parameters;  ///< maps, empty if absent
  Node mappings;
  Node conditions;
  Node globals;
  Node outputs;
  std::vector<Resource> resources;

  const Resource* find(std::string_view logical_id) const;
};

/// None, with errors in `problems`, if it is no template: sections of another kind, no Resources, a resource without a
/// Type, more than AWS's quotas allow. `DependsOn` must name resources. Globals are merged into resources here.
std::optional<Template> read_template(Node root, Problems& problems);

/// Whether the tree has the members of a template: Resources, and no States.
bool looks_like_template(const Node& root);

/// `, did you mean 'x'?`, or some of what is known.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace stepd::templates
