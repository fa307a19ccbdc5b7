#include "base/value/member_index.h"

#include "base/value/text_hash.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace stepd::layout {
namespace {

using Slot = std::uint32_t;
constexpr Slot kFreeSlot = std::numeric_limits<Slot>::max();

std::size_t slot_count(std::uint32_t members) { return std::bit_ceil(std::size_t{2} * members); }
Slot* slots_of(Node* object) { return reinterpret_cast<Slot*>(cells_of(object) + 2 * std::size_t{object->size}); }

bool matches(const Cell& key, const Name& name) {
  if (name.text.size() <= kInlineBytes) {
    return key.low == name.cell.low && ((key.high ^ name.cell.high) & ~kEscapedBit) == 0;
  }
  return key.is_shared() && (key.low == name.cell.low || text_of(key) == name.text);
}

std::uint32_t find_among(const Cell* pairs, std::uint32_t members, const Name& name) {
  for (std::uint32_t i = 0; i < members; ++i) {
    if (matches(pairs[2 * std::size_t{i}], name)) return i;
  }
  return kNotFound;
}

/// The slot that names the member, or the free slot where it would stand.
Slot& slot_for(Slot* slots, std::size_t count, const Cell* pairs, const Name& name, std::uint64_t hash) {
  std::size_t at = hash & (count - 1);
  while (slots[at] != kFreeSlot && !matches(pairs[2 * std::size_t{slots[at]}], name)) at = (at + 1) & (count - 1);
  return slots[at];
}

void move_pair(Cell* pairs, std::uint32_t from, std::uint32_t to) {
  std::copy_n(pairs + 2 * std::size_t{from}, 2, pairs + 2 * std::size_t{to});
}

/// The name at `later` stands at `first` as well.
void replace_value(Cell* pairs, std::uint32_t first, std::uint32_t later) {
  Cell* const kept = pairs + 2 * std::size_t{first};
  const Cell* const last = pairs + 2 * std::size_t{later};
  release(kept[1]);
  kept[1] = last[1];
  release(last[0]);
}

/// Drops repeated names in place; answers how many members are left. `position_of` finds a name among the first
/// `kept` members or enters it there.
template <class PositionOf>
std::uint32_t drop_repeated(Cell* pairs, std::uint32_t members, PositionOf position_of) {
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < members; ++i) {
    const std::uint32_t known = position_of(Name(pairs[2 * std::size_t{i}]), kept);
    if (known != kNotFound) {
      replace_value(pairs, known, i);
    } else {
      if (kept != i) move_pair(pairs, i, kept);
      ++kept;
    }
  }
  return kept;
}

std::uint32_t drop_repeated_few(Cell* pairs, std::uint32_t members) {
  return drop_repeated(pairs, members,
                       [&](const Name& name, std::uint32_t kept) { return find_among(pairs, kept, name); });
}

std::uint32_t drop_repeated_many(Cell* pairs, std::uint32_t members, Slot* slots) {
  const std::size_t count = slot_count(members);
  std::fill_n(slots, count, kFreeSlot);
  return drop_repeated(pairs, members, [&](const Name& name, std::uint32_t kept) {
    Slot& slot = slot_for(slots, count, pairs, name, hash_text(name.text));
    if (slot != kFreeSlot) return slot;
    slot = kept;
    return kNotFound;
  });
}

}  // namespace

Name::Name(std::string_view name) : text(name) {
  if (name.size() <= kInlineBytes) cell = inline_cell(Form::PlainText, name);
}

std::uint32_t find_member(const Cell& object, const Name& name) {
  if (size_of(object) > kIndexAbove) return find_member(object, name, hash_text(name.text));
  return object.low == 0 ? kNotFound : find_among(cells_of(node_of(object)), node_of(object)->size, name);
}

std::uint32_t find_member(const Cell& object, const Name& name, std::uint64_t hash) {
  if (size_of(object) <= kIndexAbove) return find_member(object, name);
  Node* node = node_of(object);
  const Slot slot = slot_for(slots_of(node), slot_count(node->size), cells_of(node), name, hash);
  return slot == kFreeSlot ? kNotFound : slot;
}

std::size_t index_bytes(std::uint32_t members) {
  return members > kIndexAbove ? sizeof(Slot) * slot_count(members) : 0;
}

Node* allocate_object(std::uint32_t members) {
  return allocate_node(Form::Object, members, 2 * sizeof(Cell) * std::size_t{members} + index_bytes(members));
}

void fill_index(Node* object) {
  if (object->size <= kIndexAbove) return;
  drop_repeated_many(cells_of(object), object->size, slots_of(object));
}

void copy_index(const Cell& old, Node* object) {
  const std::uint32_t before = size_of(old);
  if (before <= kIndexAbove || slot_count(before) != slot_count(object->size)) return fill_index(object);
  Slot* slots = slots_of(object);
  std::copy_n(slots_of(node_of(old)), slot_count(before), slots);
  if (before == object->size) return;
  const Name added(cells_of(object)[2 * std::size_t{before}]);
  slot_for(slots, slot_count(before), cells_of(object), added, hash_text(added.text)) = before;
}

Node* make_object(Cell* pairs, std::uint32_t members) {
  const bool few = members <= kIndexAbove;
  Node* node = few ? nullptr : allocate_object(members);
  const std::uint32_t kept =
      few ? drop_repeated_few(pairs, members) : drop_repeated_many(pairs, members, slots_of(node));
  const bool indexed = node != nullptr && kept == members;
  if (!indexed) {
    if (node != nullptr) free_node(node);
    node = allocate_object(kept);
  }
  std::copy_n(pairs, 2 * std::size_t{kept}, cells_of(node));
  if (!indexed) fill_index(node);
  return node;
}

}  // namespace stepd::layout
