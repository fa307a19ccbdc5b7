// Where an attribute stands in an item: a name, or names and indexes from the outside in.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "tasks/arguments.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::tasks {

class ItemPath {
 public:
  /// A text is one name, whatever is in it; an array holds names and indexes. The error's name is empty.
  static Result<ItemPath> parse(const Json& given);

  /// Null if there is no such attribute.
  const Json* find(const Json& item) const;
  /// What the attribute lies in must be there; an index behind the end appends. `Item.InvalidUpdate` otherwise.
  Result<void> put(Json& item, Json value) const;
  /// What is not there stays so.
  void erase(Json& item) const;

  /// Copies the attribute, and nothing beside it, from `item` to `part`. Elements of arrays close up.
  void project(const Json& item, Json& part) const;

  /// Of two elements of one array, the one with the smaller index.
  friend bool operator<(const ItemPath& a, const ItemPath& b) { return a.steps_ < b.steps_; }

  /// For messages: `a.b[0]`.
  std::string text() const;

 private:
  using Step = std::variant<std::string, std::size_t>;
  std::vector<Step> steps_;
};

/// An optional member of a handler's arguments: paths; none if it is not given.
std::optional<std::vector<ItemPath>> read_paths(Arguments& arguments, std::string_view name);

/// What `paths` name of `item`.
Json project(const Json& item, const std::vector<ItemPath>& paths);

}  // namespace stepd::tasks
