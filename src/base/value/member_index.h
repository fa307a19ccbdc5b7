// Finds members of an object by name, and merges members of the same name. Only base/value includes this.
#pragma once

#include "base/value/node.h"

#include <cstdint>
#include <string_view>

namespace stepd::layout {

/// A name that is looked for: its cell if it fits into one, and its text, which outlives this.
struct Name {
  explicit Name(std::string_view name);
  /// `name_cell` is that of a string.
  explicit Name(const Cell& name_cell) : cell(name_cell), text(text_of(name_cell)) {}

  Cell cell;
  std::string_view text;
};

inline constexpr std::uint32_t kNotFound = 0xFFFF'FFFF;

/// The position of a member of `object`, which may be empty, or kNotFound. hash_text() is taken of the name only where
/// the object has an index.
std::uint32_t find_member(const Cell& object, const Name& name);
std::uint32_t find_member(const Cell& object, const Name& name, std::uint64_t hash);

/// Bytes of the index of so many members; 0 for a small object.
std::size_t index_bytes(std::uint32_t members);

/// Makes the node of an object from `members` names and values, taking over their references. If a name occurs several
/// times, the last value counts, at the place of the first; the others are released.
Node* make_object(Cell* pairs, std::uint32_t members);
/// A node for so many members, and after their pairs are in place, its index. The names differ.
Node* allocate_object(std::uint32_t members);
void fill_index(Node* object);
/// fill_index() for an object that has the members of `old`, and perhaps one more at the end.
void copy_index(const Cell& old, Node* object);

inline const Cell& name_at(const Cell& object, std::uint32_t position) {
  return cells_of(node_of(object))[2 * position];
}
inline const Cell& value_at(const Cell& object, std::uint32_t position) {
  return cells_of(node_of(object))[2 * position + 1];
}

}  // namespace stepd::layout
