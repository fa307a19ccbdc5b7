// How a Value lies in memory. Only base/value includes this.
//
// Byte 15 of a cell holds the form in its low nibble and the length of an inline text in its high nibble.
//
//   form                        bytes 0-7            bytes 8-14
//   Null, Bool                  0 or 1               0
//   Integer, Double             the value            8: length of its text; "-0" is Integer 0 of length 2
//   Decimal, text to 15 bytes   the text in bytes 0-14, the rest zero
//   a longer number or text     Node*                8-11: bytes of its JSON text
//   Array, Object               Node*, 0 if empty    8-11: bytes of its JSON text, 12-13: depth
//
// A text or number of at most 15 bytes is always inline, so that two of them are equal if their words are.
#pragma once

#include "base/value/value.h"

#include <bit>
#include <cstring>

namespace stepd::layout {

static_assert(std::endian::native == std::endian::little, "byte 15 of a cell is the upper byte of its upper word");

enum class Form : std::uint8_t {
  Null = 0,
  Bool = 1,
  Integer = 2,
  Double = 3,
  Decimal = 4,
  PlainText = 6,    // prints as it is, between quotation marks
  EscapedText = 7,  // has characters that are printed as escapes
  LongInteger = 8,  // from here on bytes 0-7 are a Node*
  LongDecimal = 9,
  LongText = 10,
  Array = 12,
  Object = 13,
};

static_assert([] {
  const auto is = [](Form form, Kind kind) {
    return ((kKindOfForm >> (4 * static_cast<unsigned>(form))) & 15) == static_cast<std::uint64_t>(kind);
  };
  return is(Form::Null, Kind::Null) && is(Form::Bool, Kind::Bool) && is(Form::Integer, Kind::Integer) &&
         is(Form::LongInteger, Kind::Integer) && is(Form::Double, Kind::Decimal) && is(Form::Decimal, Kind::Decimal) &&
         is(Form::LongDecimal, Kind::Decimal) && is(Form::PlainText, Kind::String) &&
         is(Form::EscapedText, Kind::String) && is(Form::LongText, Kind::String) && is(Form::Array, Kind::Array) &&
         is(Form::Object, Kind::Object);
}());

inline constexpr std::size_t kInlineBytes = 15;
/// Objects with more members carry an index of their names' hashes.
inline constexpr std::uint32_t kIndexAbove = 16;
/// The only bit in which PlainText and EscapedText differ.
inline constexpr std::uint64_t kEscapedBit = std::uint64_t{1} << 56;
/// Text of a value and depth of its nesting must fit their fields.
inline constexpr std::uint64_t kTextBytesMax = 0xFFFF'FFFF;

/// The header of what cells share. Bytes, cells, or pairs of cells and the index's slots follow it.
struct Node {
  std::uint32_t count;  // cells that point here; atomic by std::atomic_ref
  std::uint32_t nodes;  // values in the tree
  std::uint32_t size;   // bytes, items or members
  Form form;
  std::uint8_t spare[3];
};
static_assert(sizeof(Node) == 16 && sizeof(Cell) == 16 && sizeof(Value) == 16);

/// Conversions between handles and cells.
struct Access {
  static const Cell& cell(const Value& value) { return value.cell_; }
  /// Takes over the reference that `cell` counts.
  static Value adopt(const Cell& cell) { return Value(cell); }
  /// Gives the reference of `value` to the caller.
  static Cell take(Value&& value) { return std::exchange(value.cell_, Cell()); }
  /// A cell within a node, seen as the handle that it is.
  static const Value& view(const Cell& cell) { return reinterpret_cast<const Value&>(cell); }
  static const Value* view(const Cell* cells) { return reinterpret_cast<const Value*>(cells); }
};

inline Form form_of(const Cell& cell) { return static_cast<Form>((cell.high >> 56) & 15); }
inline std::uint64_t tag_of(Form form, std::size_t length = 0) {
  return (static_cast<std::uint64_t>(form) | static_cast<std::uint64_t>(length) << 4) << 56;
}
inline bool is_container(const Cell& cell) { return form_of(cell) >= Form::Array; }
inline bool is_inline_text(const Cell& cell) { return (static_cast<unsigned>(form_of(cell)) | 1) == 7; }
inline Node* node_of(const Cell& cell) { return reinterpret_cast<Node*>(cell.low); }

inline char* bytes_of(Node* node) { return reinterpret_cast<char*>(node + 1); }
inline Cell* cells_of(Node* node) { return reinterpret_cast<Cell*>(node + 1); }
/// Cells of a container: an object has two for each member.
inline std::uint32_t cell_count(const Node& node) { return node.form == Form::Object ? 2 * node.size : node.size; }

/// Text of a string, digits of a number that is kept as text.
inline std::string_view text_of(const Cell& cell) {
  if (cell.is_shared()) return {bytes_of(node_of(cell)), node_of(cell)->size};
  return {reinterpret_cast<const char*>(&cell), static_cast<std::size_t>(cell.high >> 60)};
}

/// How the number prints; `buffer` has kDoubleBytes for the forms that are not kept as text.
std::string_view number_text_of(const Cell& number, char* buffer);

inline std::uint32_t size_of(const Cell& container) { return container.low == 0 ? 0 : node_of(container)->size; }
inline std::uint32_t depth_of(const Cell& cell) {
  return is_container(cell) ? static_cast<std::uint16_t>(cell.high >> 32) : 0;
}
inline std::uint32_t nodes_of(const Cell& cell) {
  return is_container(cell) && cell.low != 0 ? node_of(cell)->nodes : 1;
}
std::uint32_t text_bytes_of(const Cell& cell);

inline Cell bool_cell(bool value) { return {value ? 1u : 0u, tag_of(Form::Bool)}; }
Cell integer_cell(std::int64_t value);
/// `value` is finite.
Cell double_cell(double value);
/// `text` is valid UTF-8 that prints as `printed` bytes, quotation marks included.
Cell text_cell(std::string_view text, std::uint64_t printed);
/// A text or number of at most kInlineBytes.
Cell inline_cell(Form form, std::string_view text);
/// A text or number of more.
Cell long_cell(Form form, std::string_view text, std::uint64_t printed);
/// `node` may be null: an empty container.
Cell container_cell(Form form, Node* node, std::uint64_t text_bytes, std::uint32_t depth);

/// A node with room for `bytes` after its header and a count of one. Throws std::bad_alloc.
Node* allocate_node(Form form, std::uint32_t size, std::size_t bytes);
/// Gives memory back without looking at the content.
void free_node(Node* node);

}  // namespace stepd::layout
