// Reads a handler's arguments and gathers every fault, each with its JSON pointer, what was expected and what came.
// It knows JSON only: what a bucket or a format may be is each handler's own to say.
#pragma once

#include "base/member_reader.h"
#include "base/result.h"

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
class Arguments final : public MemberReader {
 public:
  /// `event` must outlive it.
  explicit Arguments(const Json& event);

  /// Required, not empty.
  std::string text(std::string_view name);
  std::optional<std::string> optional_text(std::string_view name) { return filled_string(name); }
  /// The same, but it may be empty.
  std::optional<std::string> optional_string(std::string_view name) { return string(name); }
  /// A whole number in [least, most]; 500.0 is one.
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most) {
    return integer(name, least, most);
  }
  /// A number in [least, most].
  std::optional<double> optional_number(std::string_view name, double least, double most) {
    return number(name, least, most);
  }
  bool flag(std::string_view name, bool if_absent) { return boolean(name).value_or(if_absent); }
  /// The position in `words` of the one given, none if absent.
  std::optional<std::size_t> optional_choice(std::string_view name, std::span<const std::string_view> words);
  /// The positions in `words` of those that an array lists; empty if absent.
  std::vector<std::size_t> choices(std::string_view name, std::span<const std::string_view> words);
  /// Required, of any type, null too; nullptr after a fault.
  const Json* any(std::string_view name);
  const Json* optional_any(std::string_view name) { return take(name); }
  const Json* optional_object(std::string_view name) { return MemberReader::object(name); }
  const Json* optional_array(std::string_view name) { return array(name); }
  /// False if absent; else `read` names the members of the object.
  bool optional_object(std::string_view name, const std::function<void(Arguments&)>& read);
  /// Required; `read` names the members of the object.
  void object(std::string_view name, const std::function<void(Arguments&)>& read);

  /// Adds a fault of the member `name` that only the handler can see.
  void refuse(std::string_view name, const std::string& why);

  /// `Handler.InvalidArguments` naming every fault (the first twenty, and how many more), unless there is none.
  Result<void> finish();

 private:
  static const Dialect kDialect;
  Arguments(const Json& event, std::string pointer, std::vector<std::string>& faults);
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override;
  void mismatch(std::string_view name, std::string_view expected, const Json& found);
  void miss(std::string_view name, const std::string& expected);
  /// Whether there is a value to read; null is none.
  bool require(std::string_view name, Type type);
  std::optional<std::size_t> find_word(std::string_view name, const Json& found,
                                       std::span<const std::string_view> words);
  void refuse_unknown_members();
  std::string pointer_to(std::string_view name) const;

  std::string pointer_;
  std::vector<std::string> own_faults_;
  std::vector<std::string>& faults_;  // of the outermost object
};

}  // namespace stepd::tasks
