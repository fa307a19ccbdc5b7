// Attribute: a value of an item, with the ten types of DynamoDB, and AttributeMap: the members of a map or an item.
#pragma once

#include "base/attribute/exact_number.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stepd {

class Attribute;
struct AttributeMember;

/// Members by name. A name stands once; what is printed has the order in which the members were added. Finding one
/// takes logarithmic, adding a new one linear time.
class AttributeMap {
 public:
  AttributeMap();
  /// The last of several members of one name counts. `place` is set here.
  explicit AttributeMap(std::vector<AttributeMember> members);
  AttributeMap(std::initializer_list<AttributeMember> members);
  AttributeMap(const AttributeMap&);
  AttributeMap(AttributeMap&&) noexcept;
  AttributeMap& operator=(const AttributeMap&);
  AttributeMap& operator=(AttributeMap&&) noexcept;
  ~AttributeMap();

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// Null if there is none.
  const Attribute* find(std::string_view name) const;
  Attribute* find(std::string_view name);
  /// Replaces a value at its place or adds a member at the end.
  void set(std::string_view name, Attribute value);
  bool erase(std::string_view name);

  /// Sorted by name.
  const std::vector<AttributeMember>& by_name() const { return members_; }
  /// In the order of adding.
  std::vector<const AttributeMember*> in_order() const;

  friend bool operator==(const AttributeMap& a, const AttributeMap& b);

 private:
  std::vector<AttributeMember> members_;
};

/// An item is the map of its attributes. So is a key: exactly the key attributes.
using Item = AttributeMap;

struct AttributeBytes {
  std::string bytes;
  auto operator<=>(const AttributeBytes&) const = default;
};

/// Members in the order in which they were given, each once.
template <class T>
struct AttributeSet {
  std::vector<T> members;
};
using TextSet = AttributeSet<std::string>;
using NumberSet = AttributeSet<ExactNumber>;
using BytesSet = AttributeSet<AttributeBytes>;

/// In the order of Attribute::Form.
enum class AttributeType : std::uint8_t { Text, Number, Bytes, Boolean, Null, List, Map, Texts, Numbers, ByteStrings };

/// `S`, `N`, `B`, `BOOL`, `NULL`, `L`, `M`, `SS`, `NS`, `BS`.
std::string_view name_of(AttributeType type);
std::optional<AttributeType> attribute_type_of(std::string_view name);

class Attribute {
 public:
  using List = std::vector<Attribute>;
  using Form = std::variant<std::string, ExactNumber, AttributeBytes, bool, std::monostate, List, AttributeMap, TextSet,
                            NumberSet, BytesSet>;

  /// NULL.
  Attribute() : form_(std::monostate{}) {}
  explicit Attribute(Form form) : form_(std::move(form)) {}
  static Attribute text(std::string_view text) { return Attribute(Form(std::in_place_type<std::string>, text)); }
  static Attribute number(std::int64_t value) { return Attribute(Form(ExactNumber(value))); }
  static Attribute bytes(std::string_view bytes) { return Attribute(Form(AttributeBytes{std::string(bytes)})); }
  static Attribute boolean(bool value) { return Attribute(Form(value)); }

  AttributeType type() const { return static_cast<AttributeType>(form_.index()); }
  const Form& form() const { return form_; }
  /// Null if it is of another type.
  template <class T>
  const T* as() const {
    return std::get_if<T>(&form_);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&form_);
  }
  bool is_set() const { return type() >= AttributeType::Texts; }

  /// Equal types and values; sets and maps in any order. Linear time but for sets, which are sorted.
  friend bool operator==(const Attribute& a, const Attribute& b);

 private:
  Form form_;
};

struct AttributeMember {
  std::string name;
  Attribute value;
  std::uint32_t place = 0;  ///< counts the members in the order of adding, perhaps with gaps
};

/// Two texts by their bytes, two numbers by value, two byte strings by unsigned bytes; none otherwise.
std::optional<std::strong_ordering> order(const Attribute& a, const Attribute& b);

/// Levels of nesting: 0 for a scalar and for a set, 1 for a list or map of scalars.
std::size_t depth_of(const Attribute& value);

/// Bytes as DynamoDB counts an item's size (developer guide: Item sizes and formats): names and values.
std::size_t size_of_item(const AttributeMap& item);
std::size_t size_of_attribute(const Attribute& value);

/// Both sets are of one type. `a` with the members of `b`, or without them.
Attribute join_sets(const Attribute& a, const Attribute& b);
Attribute subtract_set(const Attribute& a, const Attribute& b);
/// Of a set; 0 for other types.
std::size_t set_size(const Attribute& set);
/// Whether a set has the member; false if the types do not match.
bool set_contains(const Attribute& set, const Attribute& member);

}  // namespace stepd
