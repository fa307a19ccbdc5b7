// Reads a handler's arguments and gathers every fault, each with its JSON pointer, what was expected and what came.
// It knows JSON only: what a bucket or a format may be is each handler's own to say.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks {

/// One object of arguments. Each call names one member; finish() refuses what no call named.
/// After a fault a call answers an empty value, so a handler reads everything and then asks finish() once.
/// An optional member that is null counts as absent, because a payload template cannot leave a member out.
class Arguments {
 public:
  /// `event` must outlive it.
  explicit Arguments(const Json& event);

  /// Whether the member is there and not null; names nothing.
  bool has(std::string_view name) const;
  /// Required, not empty.
  std::string text(std::string_view name);
  std::optional<std::string> optional_text(std::string_view name);
  /// The same, but it may be empty.
  std::optional<std::string> optional_string(std::string_view name);
  /// A whole number in [least, most]; 500.0 is one.
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);
  /// A number in [least, most].
  std::optional<double> optional_number(std::string_view name, double least, double most);
  bool flag(std::string_view name, bool if_absent);
  /// The position in `words` of the one given, none if absent.
  std::optional<std::size_t> optional_choice(std::string_view name, std::span<const std::string_view> words);
  /// The positions in `words` of those that an array lists; empty if absent.
  std::vector<std::size_t> choices(std::string_view name, std::span<const std::string_view> words);
  /// Required, of any type, null too; nullptr after a fault.
  const Json* any(std::string_view name);
  const Json* optional_any(std::string_view name);
  const Json* optional_object(std::string_view name);
  const Json* optional_array(std::string_view name);
  /// False if absent; else `read` names the members of the object.
  bool optional_object(std::string_view name, const std::function<void(Arguments&)>& read);
  /// Required; `read` names the members of the object.
  void object(std::string_view name, const std::function<void(Arguments&)>& read);

  /// Adds a fault of the member `name` that only the handler can see.
  void refuse(std::string_view name, const std::string& why);

  /// `Handler.InvalidArguments` naming every fault (the first twenty, and how many more), unless there is none.
  Result<void> finish();

 private:
  Arguments(const Json& event, std::string pointer, std::vector<std::string>& faults);
  const Json* find(std::string_view name);
  const Json* require(std::string_view name, std::string_view expected);
  void mismatch(std::string_view name, std::string_view expected, const Json& found);
  void read_inner(std::string_view name, const Json& found, const std::function<void(Arguments&)>& read);
  std::optional<std::size_t> find_word(std::string_view name, const Json& found,
                                       std::span<const std::string_view> words);
  void refuse_unknown_members();

  const Json& event_;
  std::string pointer_;
  std::vector<std::string> own_faults_;
  std::vector<std::string>& faults_;  // of the outermost object
  std::vector<std::string> known_;
};

/// The word of `known` that a typing error most likely meant, empty if none is near.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

}  // namespace stepd::tasks
