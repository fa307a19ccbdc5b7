// Part: one resource while it is turned into parts of a project.
#pragma once

#include "templates/project.h"
#include "templates/stack.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::templates {

/// A resource of an API of API Gateway that is written as resources of its own.
struct ApiPath {
  std::string parent;  ///< id of the resource above
  std::string segment;
};

/// What resources leave for the end, when all are known.
struct Draft {
  Project project;
  /// ARN of a layer -> its folder or zip.
  std::map<std::string, std::string, std::less<>> layers;
  std::vector<std::pair<std::string, ProjectSubscriber>> subscribers;  ///< by the ARN of the topic
  std::vector<std::string> event_buckets;                              ///< whose objects raise events
  /// Of APIs that are written as resources: id of a path -> path; API id -> stages; and their methods.
  std::map<std::string, ApiPath, std::less<>> api_paths;
  std::map<std::string, std::vector<std::string>, std::less<>> stages;
  std::vector<std::pair<std::string, ProjectRoute>> api_routes;  ///< by API id; their path is that of no stage yet
};

class Part {
 public:
  Part(Conversion& conversion, Stack& stack, const Resource& resource, Draft& draft)
      : conversion_(conversion), stack_(stack), resource_(resource), draft_(draft) {}

  Conversion& conversion() { return conversion_; }
  Stack& stack() { return stack_; }
  const Resource& resource() const { return resource_; }
  Draft& draft() { return draft_; }
  Project& project() { return draft_.project; }
  const Node& properties() { return stack_.properties(resource_); }
  std::string name() { return stack_.name_of(resource_); }
  Origin origin() const { return {stack_.path() + resource_.logical_id, stack_.file().string(), resource_.at}; }

  // Properties. A value of another kind is an error, and answers as if it were absent.
  std::string text(const Node& of, std::string_view name, std::string fallback = "");
  bool flag(const Node& of, std::string_view name, bool fallback);
  /// Null if absent.
  const Node* map(const Node& of, std::string_view name);
  const Node* list(const Node& of, std::string_view name);

  void error(Place at, const std::string& why);
  void warning(Place at, const std::string& why);
  /// `what`: for example "an event of type Schedule". `within`: put behind the logical id, for example
  /// `Events.Nightly`.
  void unserved(const std::string& what, const std::string& within = "");
  void set_aside(const std::string& what);

 private:
  Conversion& conversion_;
  Stack& stack_;
  const Resource& resource_;
  Draft& draft_;
};

/// What an ARN of a function, a state machine or a topic leads to; a qualifier behind its name is left out. None for
/// any other text. A bare name is a function's.
std::optional<Target> target_of(const std::string& arn);

/// `Errors` of lists, spelled for a sentence: `"a", "b"`.
std::string quoted_list(const std::vector<std::string>& names);

}  // namespace stepd::templates
