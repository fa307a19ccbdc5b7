#include "base/value/node.h"

#include "base/value/escape.h"
#include "base/value/number.h"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <new>

namespace stepd::layout {
namespace {

std::atomic_ref<std::uint32_t> count_of(Node* node) { return std::atomic_ref(node->count); }

/// Whether the caller held the last reference. The load spares the locked instruction where nothing is shared.
bool drop_reference(Node* node) {
  const auto count = count_of(node);
  return count.load(std::memory_order_acquire) == 1 || count.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

// Nodes to be freed are chained through their first eight bytes, which nobody reads any more: freeing a tree takes
// neither stack nor memory.
void chain(Node* node, Node* next) { std::memcpy(static_cast<void*>(node), &next, sizeof(Node*)); }
Node* next_in_chain(const Node* node) {
  Node* next = nullptr;
  std::memcpy(&next, node, sizeof(Node*));
  return next;
}

void free_tree(Node* dead) {
  chain(dead, nullptr);
  while (dead != nullptr) {
    Node* node = std::exchange(dead, next_in_chain(dead));
    if (node->form >= Form::Array) {
      const Cell* cells = cells_of(node);
      for (std::uint32_t i = 0; i < cell_count(*node); ++i) {
        if (!cells[i].is_shared() || !drop_reference(node_of(cells[i]))) continue;
        chain(node_of(cells[i]), dead);
        dead = node_of(cells[i]);
      }
    }
    free_node(node);
  }
}

}  // namespace

void retain(const Cell& cell) noexcept {
  if (cell.is_shared()) count_of(node_of(cell)).fetch_add(1, std::memory_order_relaxed);
}

void release(const Cell& cell) noexcept {
  if (cell.is_shared() && drop_reference(node_of(cell))) free_tree(node_of(cell));
}

Node* allocate_node(Form form, std::uint32_t size, std::size_t bytes) {
  void* memory = std::malloc(sizeof(Node) + bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return ::new (memory) Node{1, 1, size, form, {}};
}

void free_node(Node* node) { std::free(node); }

std::uint32_t text_bytes_of(const Cell& cell) {
  switch (form_of(cell)) {
    case Form::Null:
      return 4;
    case Form::Bool:
      return cell.low != 0 ? 4 : 5;
    case Form::Integer:
    case Form::Double:
      return static_cast<std::uint8_t>(cell.high);
    case Form::Decimal:
      return static_cast<std::uint32_t>(cell.high >> 60);
    case Form::PlainText:
      return static_cast<std::uint32_t>(cell.high >> 60) + 2;
    case Form::EscapedText:
      return static_cast<std::uint32_t>(printed_bytes(text_of(cell)));
    default:
      return static_cast<std::uint32_t>(cell.high);
  }
}

std::string_view number_text_of(const Cell& number, char* buffer) {
  switch (form_of(number)) {
    case Form::Double:
      return {buffer, write_double(buffer, std::bit_cast<double>(number.low))};
    case Form::Integer: {
      if (number.low == 0 && text_bytes_of(number) == 2) return "-0";
      const auto value = static_cast<std::int64_t>(number.low);
      return {buffer, std::to_chars(buffer, buffer + kDoubleBytes, value).ptr};
    }
    default:
      return text_of(number);
  }
}

Cell integer_cell(std::int64_t value) {
  return {static_cast<std::uint64_t>(value), tag_of(Form::Integer) | integer_digits(value)};
}

Cell double_cell(double value) {
  char text[kDoubleBytes];
  return {std::bit_cast<std::uint64_t>(value), tag_of(Form::Double) | write_double(text, value)};
}

Cell inline_cell(Form form, std::string_view text) {
  Cell cell;
  std::memcpy(&cell, text.data(), text.size());
  cell.high |= tag_of(form, text.size());
  return cell;
}

Cell long_cell(Form form, std::string_view text, std::uint64_t printed) {
  Node* node = allocate_node(form, static_cast<std::uint32_t>(text.size()), text.size());
  std::memcpy(bytes_of(node), text.data(), text.size());
  return {reinterpret_cast<std::uint64_t>(node), tag_of(form) | printed};
}

Cell text_cell(std::string_view text, std::uint64_t printed) {
  if (text.size() > kInlineBytes) return long_cell(Form::LongText, text, printed);
  return inline_cell(printed == text.size() + 2 ? Form::PlainText : Form::EscapedText, text);
}

Cell container_cell(Form form, Node* node, std::uint64_t text_bytes, std::uint32_t depth) {
  return {reinterpret_cast<std::uint64_t>(node), tag_of(form) | text_bytes | static_cast<std::uint64_t>(depth) << 32};
}

}  // namespace stepd::layout
