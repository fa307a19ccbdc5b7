// Stack: a template with its parameters, whose references lead somewhere. A conversion has one for each template, and
// one for each template that another nests.
#pragma once

#include "templates/files.h"
#include "templates/function_evaluator.h"
#include "templates/request.h"
#include "templates/resource_types.h"
#include "templates/template.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::templates {

class Stack;

/// What all stacks of one conversion share.
struct Conversion {
  const Request& request;
  const Files& files;
  Problems problems;
  Allowance allowance;
  std::vector<std::unique_ptr<Stack>> stacks;  ///< the named ones first
  std::vector<std::string> secrets;            ///< values that must not be shown
  std::size_t stacks_made = 0;

  /// Reads a template of the local disk. None with an error in `problems`.
  std::optional<Template> load(const std::filesystem::path& file);
};

/// Rules:
/// 1. A name is found when it is first asked for, so resources may refer to each other in any order. Only a name that
///    needs itself is a cycle.
/// 2. A resource whose condition is false does not exist, for references as well.
/// 3. A resource that SAM makes (a role, an implicit API, an alias) can be referred to by the id that SAM gives it.
class Stack final : public Evaluator::References {
 public:
  struct Site {
    std::filesystem::path file;  ///< of the template
    std::string name;            ///< of the stack
    std::string path;            ///< of logical ids, `App/`; empty for one that is not nested
    int depth = 0;
  };
  using Parameters = std::map<std::string, Node, std::less<>>;

  /// `given` values come before the defaults. All parameters without a value are one error. `conversion` outlives it.
  Stack(Conversion& conversion, Template read, Site site, const Parameters& given);

  const std::filesystem::path& file() const { return site_.file; }
  const std::string& name() const { return site_.name; }
  const std::string& path() const { return site_.path; }
  const Template& source() const { return template_; }
  const Naming& naming() const { return naming_; }
  Evaluator& evaluator() { return evaluator_; }

  bool exists(const Resource& resource);
  /// All of them, resolved, dynamic references included. Asked once, kept.
  const Node& properties(const Resource& resource);
  /// Empty, with an error, if it cannot be found.
  std::string name_of(const Resource& resource);
  std::string attribute_of(const Resource& resource, std::string_view attribute);
  /// A path as written in the template.
  std::filesystem::path resolve(const std::string& written) const;
  /// The stack that a nested application is; null, with an error or a note, if its template cannot be had.
  Stack* nested(const Resource& resource);
  /// The template of a nested application; none if it is not a local file.
  std::optional<std::string> location_of(const Resource& resource);
  /// The value of an output; none if there is none of that name.
  std::optional<Node> output(const std::string& name);
  /// The value of the output that is exported under that name.
  std::optional<Node> exported(const std::string& name);

  Node ref(const std::string& name, Place at) override;
  Node attribute(const std::string& logical_id, const std::string& attribute, Place at) override;
  Node imported(const std::string& name, Place at) override;
  Node included(const std::string& location, Place at) override;

 private:
  void set_parameters(const Parameters& given);
  std::optional<Node> pseudo(const std::string& name, Place at) const;
  /// The resource of that id if it exists; an error otherwise, unless SAM makes one of that id.
  const Resource* wanted(const std::string& logical_id, Place at);
  std::optional<Node> made_by_sam(const std::string& id, const std::string& attribute, Place at);
  Node attribute_node(const Resource& resource, const std::string& attribute, Place at);
  void fill_dynamic_references(Node& node);
  std::string dynamic_value(const std::string& reference, Place at);

  Conversion& conversion_;
  Template template_;
  Site site_;
  Naming naming_;
  Parameters parameters_;
  Evaluator evaluator_;
  std::map<std::string, Node, std::less<>> properties_;
  std::map<std::string, std::string, std::less<>> names_;
  std::vector<std::string> open_names_;  ///< being found: the chain of a cycle
  std::map<std::string, std::unique_ptr<Stack>, std::less<>> nested_;
  std::vector<std::string> open_exports_;
};

}  // namespace stepd::templates
