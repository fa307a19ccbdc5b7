// Node: a value of a template together with its place, so that every later fault can name a line. A short form such as
// `!Ref X` is already the long one here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::templates {

/// From 1; 0 is what no file holds, such as a property that SAM adds.
struct Place {
  int line = 0;
  int column = 0;
};

struct Member;

/// A tree that is copied as a whole. Scalars keep their text: an account number does not lose its leading zero.
struct Node {
  /// Absent is what AWS::NoValue gives: resolving drops the member or the item.
  enum class Kind : std::uint8_t { Null, Bool, Number, Text, List, Map, Absent };

  Kind kind = Kind::Null;
  std::string text;  ///< of a scalar; `true` or `false` of a Bool, in JSON's grammar of a Number
  std::vector<Node> items;
  std::vector<Member> members;
  Place at;

  static Node of(std::string text, Place at = {});
  static Node of(const char* text, Place at = {});  ///< a pointer would else become a bool
  static Node of(bool value, Place at = {});
  static Node number(std::string digits, Place at = {});
  static Node list(Place at = {});
  static Node list(std::vector<Node> items, Place at = {});
  static Node map(Place at = {});
  static Node absent(Place at = {});

  bool is_null() const { return kind == Kind::Null; }
  bool is_text() const { return kind == Kind::Text; }
  bool is_list() const { return kind == Kind::List; }
  bool is_map() const { return kind == Kind::Map; }
  bool is_absent() const { return kind == Kind::Absent; }
  bool is_scalar() const { return kind == Kind::Text || kind == Kind::Number || kind == Kind::Bool; }

  /// The member of that name; null if there is none, or if this is no map.
  const Node* find(std::string_view name) const;
  Node* find(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The text of a member that is a scalar.
  std::optional<std::string> text_of(std::string_view name) const;

  /// Replaces the member of that name, or adds it as the last. Answers the value within.
  Node& set(std::string name, Node value);
  void erase(std::string_view name);
};

struct Member {
  std::string name;
  Node value;
  Place at;             ///< of the name
  std::string comment;  ///< printed above it; only in what is written, see yaml_writer.h
};

/// The name of the function if this is a map of one member that names one: `Ref`, or `Fn::X`. Else empty.
std::string_view function_of(const Node& node);

/// `function` applied to `argument`: `{Ref: X}`.
Node call(std::string function, Node argument);

/// Compact JSON text. Texts that are not UTF-8 have been refused by the reader.
std::string to_json(const Node& node);

/// A copy with the members of every map in the order of their names.
Node sorted(const Node& node);

/// Nodes in the tree, and bytes of its texts: what evaluations are charged.
std::size_t weight_of(const Node& node);

}  // namespace stepd::templates
