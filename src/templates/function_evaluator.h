// Evaluator: CloudFormation's intrinsic functions (CloudFormation user guide: Intrinsic function reference) over the
// tree of a template. What a reference leads to it asks its owner.
#pragma once

#include "templates/problems.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::templates {

/// What all evaluations of a conversion may use up together.
struct Allowance {
  std::size_t weight = 0;  ///< that was made so far; see weight_of()
  int depth = 0;           ///< of evaluations within evaluations
  bool spent = false;      ///< told once; everything is absent from then on
};

class Evaluator {
 public:
  /// Each answers an absent node after it has reported a problem.
  class References {
   public:
    virtual ~References() = default;
    virtual Node ref(const std::string& name, Place at) = 0;
    virtual Node attribute(const std::string& logical_id, const std::string& attribute, Place at) = 0;
    virtual Node imported(const std::string& name, Place at) = 0;
    /// The content of a file that AWS::Include names, as it was written.
    virtual Node included(const std::string& location, Place at) = 0;
  };

  /// `mappings` and `conditions` are sections of the template; all four outlive the evaluator.
  Evaluator(const Node& mappings, const Node& conditions, References& references, Problems& problems,
            Allowance& allowance);

  /// A copy in which every function is replaced by what it gives, and members that AWS::NoValue gives are left out.
  Node resolve(const Node& node);
  /// The text that a scalar or a function gives; none, with an error, for anything else.
  std::optional<std::string> text(const Node& node, const std::string& what);
  /// Of a condition of the template; false, with an error, if there is none of that name.
  bool condition(const std::string& name, Place at);

 private:
  using Function = Node (Evaluator::*)(const Node& argument, Place at);
  struct Named {
    std::string_view name;
    Function function;
  };
  static const std::vector<Named>& functions();

  Node apply(std::string_view function, const Node& argument, Place at);
  bool enter(Place at);
  Node charged(Node made, Place at);
  Node fail(Place at, const std::string& why);
  Node resolve_map(const Node& node);
  /// The items of a list, or of a function that gives one; none with an error.
  std::optional<std::vector<Node>> list(const Node& node, const std::string& what);
  const std::vector<Node>* parts(const Node& argument, std::size_t least, std::size_t most, std::string_view function,
                                 Place at);
  bool condition_value(const Node& node);

  Node ref(const Node& argument, Place at);
  Node get_att(const Node& argument, Place at);
  Node sub(const Node& argument, Place at);
  Node join(const Node& argument, Place at);
  Node select(const Node& argument, Place at);
  Node split(const Node& argument, Place at);
  Node choose(const Node& argument, Place at);
  Node find_in_map(const Node& argument, Place at);
  Node base64(const Node& argument, Place at);
  Node import_value(const Node& argument, Place at);
  Node cidr(const Node& argument, Place at);
  Node zones(const Node& argument, Place at);
  Node length(const Node& argument, Place at);
  Node to_json_string(const Node& argument, Place at);
  Node transform(const Node& argument, Place at);
  Node equals(const Node& argument, Place at);
  Node all_of(const Node& argument, Place at);
  Node any_of(const Node& argument, Place at);
  Node none_of(const Node& argument, Place at);

  const Node& mappings_;
  const Node& conditions_;
  References& references_;
  Problems& problems_;
  Allowance& allowance_;
  std::map<std::string, bool, std::less<>> known_conditions_;
  std::vector<std::string> open_conditions_;
};

}  // namespace stepd::templates
