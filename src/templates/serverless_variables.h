// The variables of a serverless.yml: ${self:a.b}, ${opt:x, 'd'}, ${env:X}, ${file(p):k}, ${sls:stage}, ${aws:region},
// ${param:x}, nested in each other (Serverless framework documentation: Variables).
#pragma once

#include "templates/serverless.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepd::templates {

class ServerlessVariables {
 public:
  /// All outlive it. `root` is the tree as it was written.
  ServerlessVariables(const Node& root, const ServerlessSources& sources, Problems& problems)
      : root_(root), sources_(sources), problems_(problems) {}

  /// A copy without variables. One that has no value is an error; `${AWS::Region}` and other placeholders stay.
  Node resolve(const Node& node);
  std::string stage();

 private:
  struct Variable {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< behind the brace
    std::string inner;
  };
  static std::optional<Variable> next(std::string_view text, std::size_t from);
  Node value_of(const std::string& inner, Place at);
  std::optional<Node> look_up(const std::string& term, Place at);
  std::optional<Node> look_up_self(const std::string& address, Place at);
  std::optional<Node> look_up_file(const std::string& term, Place at);
  std::optional<Node> follow(const Node& from, const std::string& address);
  Node resolve_text(const Node& node);
  bool enter(Place at);

  const Node& root_;
  const ServerlessSources& sources_;
  Problems& problems_;
  int depth_ = 0;
  std::size_t weight_ = 0;
  bool spent_ = false;
};

}  // namespace stepd::templates
