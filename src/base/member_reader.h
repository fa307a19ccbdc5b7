// MemberReader: reads one JSON object member by member, and checks types, ranges and unknown names. The classes that
// derive from it word and collect the faults (ADR 0026).
#pragma once

#include "base/json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd {

/// Each reading function marks the member as known, and answers none if it is absent or wrong; a wrong one has been
/// reported.
class MemberReader {
 public:
  /// Whether the member is present; does not mark it as known.
  bool has(std::string_view name) const { return look_up_value(name) != nullptr; }
  /// The raw value; null if the member is absent.
  const Json* take(std::string_view name);

  std::optional<std::string> string(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  /// In [low, high].
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view name, double low, double high);
  const Json* object(std::string_view name);
  const Json* array(std::string_view name);

 protected:
  /// The expected type of a member. Text is a string that is not empty.
  enum class Type : std::uint8_t { String, Text, Boolean, Integer, Number, Object, Array };
  struct Dialect {
    bool null_is_absent;
    bool whole_floats;                 ///< 500.0 is an integer
    std::array<const char*, 7> types;  ///< the name of each Type, in the order of the enum
  };
  struct Wanted {
    Type type;
    std::string name;      ///< of the type, from the dialect
    std::string low = {};  ///< of a number, as JSON
    std::string high = {};

    /// "a whole number from 1 to 100"
    std::string text() const { return low.empty() ? name : name + " from " + low + " to " + high; }
  };

  /// Both must outlive the reader. If `object` is not a JSON object, every member is absent.
  MemberReader(const Json& object, const Dialect& dialect) : object_(object), dialect_(dialect) {}
  MemberReader(const MemberReader&) = default;
  MemberReader(MemberReader&&) = default;
  ~MemberReader() = default;

  /// Reports a member of another type.
  virtual void mistyped(std::string_view name, const Wanted& wanted, const Json& found) = 0;
  /// Reports a number out of range; by default as mistyped() does. True if the reading function still answers it.
  virtual bool out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool too_small);

  const Json& value() const { return object_; }
  Wanted wanted(Type type) const { return {type, dialect_.types[static_cast<std::size_t>(type)]}; }
  /// As take(), but also answers a member that is null.
  const Json* find(std::string_view name);
  /// A string of Type::Text.
  std::optional<std::string> filled_string(std::string_view name);
  /// Marks the member as known, and treats it as absent from now on.
  void hide(std::string_view name);
  void know(std::string_view name);
  /// In the order in which they were first read.
  const std::vector<std::string>& known() const { return known_; }
  /// The members that are not known, in the order of the object.
  std::vector<std::string> unknown() const;

 private:
  const Json* look_up(std::string_view name) const;
  const Json* look_up_value(std::string_view name) const;
  const Json* take_if(std::string_view name, Type type, bool (*fits)(const Json&));
  template <class Number>
  std::optional<Number> within(std::string_view name, Type type, const Json& found, std::optional<Number> number,
                               Number low, Number high);

  const Json& object_;
  const Dialect& dialect_;
  std::vector<std::string> known_;
  std::vector<std::string> hidden_;
};

}  // namespace stepd
