// What a definition or a function of the configuration may write, start and call, as far as that stands in it: for
// warnings about workflows that feed themselves. Pure; follows nothing that it names.
#pragma once

#include "base/json.h"
#include "services/service_options.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::services {

/// What is known of a key that is made when a task runs: how it begins and ends.
struct KeyShape {
  std::string head;
  std::string tail;
  bool whole = false;  ///< `head` is the key itself
  bool flat = false;   ///< there is no slash between the two

  /// Whether such a key may be this one.
  bool may_be(std::string_view key) const;
  /// Whether such a key may begin and end so.
  bool may_have(std::string_view prefix, std::string_view suffix) const;
};

struct ObjectWrite {
  std::string bucket;        ///< empty: it is made when the task runs
  bool into_source = false;  ///< then: into the bucket that the event told of, or that the object is read from
  KeyShape key;
  std::string where;  ///< for people: `state 'Resize'`, `function 'small'`
};

/// What is named directly; names that are made when a task runs are not known.
struct Reach {
  std::vector<ObjectWrite> writes;
  std::vector<std::string> functions;
  std::vector<std::string> state_machines;  ///< names
};

Reach reach_of_definition(const Json& definition);
/// `handler` of a step too. What is served by an endpoint is not known.
Reach reach_of_function(const Function& function);

}  // namespace stepd::services
