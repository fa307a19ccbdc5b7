#include "base/value/edit.h"

#include "base/assert.h"
#include "base/value/member_index.h"
#include "base/value/node.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace stepd {

using layout::Access;
using layout::Cell;
using layout::Form;
using layout::Node;

namespace {

/// What a value will measure.
struct Measure {
  std::uint64_t text;
  std::uint64_t nodes;
  std::uint32_t depth;
};

Measure measure(const Cell& cell) {
  return {layout::text_bytes_of(cell), layout::nodes_of(cell), layout::depth_of(cell)};
}

/// One container on the way: what takes its place has one child replaced or one member added.
struct Spine {
  const Cell* container;   // the empty object where there is none
  std::uint32_t position;  // of the child, or kNotFound: a member is added
  const Key* key;          // null: an array
  Measure after;
};

const Cell& empty_object_cell() {
  static const Cell cell = layout::container_cell(Form::Object, nullptr, 2, 1);
  return cell;
}

const Cell& child_at(const Spine& level) {
  if (level.key == nullptr) return layout::cells_of(layout::node_of(*level.container))[level.position];
  return layout::value_at(*level.container, level.position);
}

/// Where a step leads from `at`; `container` is null if it leads nowhere.
Spine take_step(const Cell& at, const EditStep& step) {
  if (const auto* index = std::get_if<std::size_t>(&step)) {
    const bool inside = layout::form_of(at) == Form::Array && *index < layout::size_of(at);
    return {inside ? &at : nullptr, static_cast<std::uint32_t>(*index), nullptr, {}};
  }
  const Key& key = std::get<Key>(step);
  const Cell& object = layout::form_of(at) == Form::Null ? empty_object_cell() : at;
  if (layout::form_of(object) != Form::Object) return {nullptr, 0, &key, {}};
  return {&object, layout::find_member(object, layout::Name(Access::cell(key.name())), key.hash()), &key, {}};
}

/// Of all children but one.
std::uint32_t depth_beside(const Cell& container, const Cell& child) {
  Node* node = layout::node_of(container);
  const std::uint32_t stride = node->form == Form::Object ? 2 : 1;
  const Cell* cells = layout::cells_of(node);
  std::uint32_t depth = 0;
  for (std::uint32_t i = stride - 1; i < layout::cell_count(*node); i += stride) {
    if (&cells[i] != &child) depth = std::max(depth, layout::depth_of(cells[i]));
  }
  return depth;
}

Measure measure_replaced(const Spine& level, const Measure& child) {
  const Measure whole = measure(*level.container);
  const Cell& old = child_at(level);
  const Measure before = measure(old);
  std::uint32_t depth = std::max(whole.depth, child.depth + 1);
  if (before.depth + 1 == whole.depth && child.depth < before.depth) {
    depth = std::max(child.depth, depth_beside(*level.container, old)) + 1;
  }
  return {whole.text - before.text + child.text, whole.nodes - before.nodes + child.nodes, depth};
}

Measure measure_added(const Spine& level, const Measure& child) {
  const Measure whole = measure(*level.container);
  const std::uint64_t comma = level.container->low == 0 ? 0 : 1;
  return {whole.text + comma + level.key->name().text_bytes() + 1 + child.text, whole.nodes + child.nodes,
          std::max(whole.depth, child.depth + 1)};
}

std::size_t memory_of(const Spine& level) {
  const std::size_t size = layout::size_of(*level.container);
  if (level.key == nullptr) return sizeof(Node) + sizeof(Cell) * size;
  const std::size_t members = size + (level.position == layout::kNotFound ? 1 : 0);
  return sizeof(Node) + 2 * sizeof(Cell) * members + layout::index_bytes(static_cast<std::uint32_t>(members));
}

/// Measures what each level will be, from the inside out, and charges the memory.
Limit plan(std::span<Spine> spine, Measure child, Budget& budget) {
  std::size_t memory = 0;
  for (std::size_t i = spine.size(); i-- > 0;) {
    const bool added = spine[i].position == layout::kNotFound;
    child = spine[i].after = added ? measure_added(spine[i], child) : measure_replaced(spine[i], child);
    memory += memory_of(spine[i]);
  }
  if (child.text > budget.bytes) return Limit::Bytes;
  if (child.depth > std::min<std::uint32_t>(budget.depth, limits::kJsonDepth)) return Limit::Depth;
  if (child.nodes > budget.nodes) return Limit::Nodes;
  if (memory > budget.fresh) return Limit::Fresh;
  budget.fresh -= memory;
  return Limit::None;
}

/// Copies the references of `count` cells.
void copy_cells(const Cell* from, std::uint32_t count, Cell* to) {
  std::copy_n(from, count, to);
  std::for_each_n(from, count, [](const Cell& cell) { layout::retain(cell); });
}

/// The container with the child in its place, which it takes over.
Cell rebuild(const Spine& level, Cell child) {
  const Form form = layout::form_of(*level.container);
  const std::uint32_t size = layout::size_of(*level.container);
  const bool added = level.position == layout::kNotFound;
  Node* node = form == Form::Array ? layout::allocate_node(form, size, sizeof(Cell) * std::size_t{size})
                                   : layout::allocate_object(size + (added ? 1 : 0));
  Cell* cells = layout::cells_of(node);
  if (size > 0) {
    Node* old = layout::node_of(*level.container);
    copy_cells(layout::cells_of(old), layout::cell_count(*old), cells);
  }
  if (added) {
    cells[2 * std::size_t{size}] = Access::take(Value(level.key->name()));
    cells[2 * std::size_t{size} + 1] = child;
  } else {
    Cell& place = form == Form::Array ? cells[level.position] : cells[2 * std::size_t{level.position} + 1];
    layout::release(place);
    place = child;
  }
  if (form == Form::Object) layout::copy_index(*level.container, node);
  node->nodes = static_cast<std::uint32_t>(level.after.nodes);
  return layout::container_cell(form, node, level.after.text, level.after.depth);
}

Result<Value> build(std::span<Spine> spine, Value value, Budget& budget) {
  const Limit limit = plan(spine, measure(Access::cell(value)), budget);
  if (limit != Limit::None) {
    budget.reached = limit;
    return AslError{"", std::string(describe(limit))};
  }
  Cell child = Access::take(std::move(value));
  for (std::size_t i = spine.size(); i-- > 0;) child = rebuild(spine[i], child);
  return Access::adopt(child);
}

}  // namespace

Result<Value> with(const Value& root, std::span<const EditStep> path, Value value, Budget& budget) {
  std::vector<Spine> spine;
  spine.reserve(path.size());
  const Cell* at = &Access::cell(root);
  for (const EditStep& step : path) {
    Spine level = take_step(*at, step);
    if (level.container == nullptr) {
      return AslError{"", "step " + std::to_string(spine.size() + 1) + " of the path leads to no place in the value"};
    }
    static const Cell kAbsent;
    at = level.position == layout::kNotFound ? &kAbsent : &child_at(level);
    spine.push_back(level);
  }
  return build(spine, std::move(value), budget);
}

Result<Value> with_member(const Value& object, const Key& key, Value value, Budget& budget) {
  STEPD_ASSERT(object.is_object());
  const Cell& cell = Access::cell(object);
  Spine level{&cell, layout::find_member(cell, layout::Name(Access::cell(key.name())), key.hash()), &key, {}};
  return build({&level, 1}, std::move(value), budget);
}

}  // namespace stepd
