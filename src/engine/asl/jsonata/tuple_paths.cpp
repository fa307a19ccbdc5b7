// Paths that carry bindings of `@`, `#` and `%` from step to step: streams of tuples.
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"

#include <cmath>

namespace stepd::jsonata {

Ref<Frame> Evaluator::tuple_frame(const Scope& scope, const Tuples::Tuple& tuple, Frame* frame) {
  Ref<Frame> own(new Frame(meter_, scope, Ref<Frame>(frame)));
  for (std::size_t i = 0; i < tuple.slots.size() && i < own->slots.size(); ++i) {
    if (tuple.slots[i].tag() != Tag::Unset) own->set(i, tuple.slots[i]);
  }
  return own;
}

Item Evaluator::tuple_step(const Node& step, const Cursor& cursor, const Item& tuples, Frame* frame) {
  const Scope& scope = *step.tuple_scope;
  const Ref<Tuples> out(new Tuples(meter_, scope));
  const std::vector<Item> unset(scope.names.size(), Item(Tag::Unset));
  if (step.type == NodeType::Sort) {
    if (!tuples.is_undefined()) return tuple_stages(step, sort(step, tuples, frame), frame);
    std::size_t number = 0;
    for_each(sort(step, cursor.many ? cursor.item : wrap(cursor.item), frame), [&](const Item& item) {
      Tuples::Tuple tuple{item, unset};
      if (!step.index.empty()) tuple.slots[step.index_slot] = Item::number(static_cast<double>(number));
      ++number;
      out->push(std::move(tuple));
    });
    return tuple_stages(step, Item(Tag::Tuples, out), frame);
  }
  const auto advance = [&](const Tuples::Tuple& before) {
    const Ref<Frame> own = tuple_frame(scope, before, frame);
    const Item result = eval(step, before.context, own.get());
    if (result.is_undefined()) return;
    if (result.tag() == Tag::Tuples) {
      const Tuples& inner = result.tuples();
      for (const Tuples::Tuple& each : inner.tuples) {
        Tuples::Tuple tuple{each.context, before.slots};
        for (std::size_t i = 0; i < each.slots.size(); ++i) {
          const std::size_t slot = scope.slot_of(inner.scope->names[i]);
          if (slot < tuple.slots.size() && each.slots[i].tag() != Tag::Unset) tuple.slots[slot] = each.slots[i];
        }
        out->push(std::move(tuple));
      }
      return;
    }
    std::size_t number = 0;
    for_each(result, [&](const Item& item) {
      Tuples::Tuple tuple{step.focus.empty() ? item : before.context, before.slots};
      if (!step.focus.empty()) tuple.slots[step.focus_slot] = item;
      if (!step.index.empty()) tuple.slots[step.index_slot] = Item::number(static_cast<double>(number));
      if (step.ancestor && step.type != NodeType::Parent) tuple.slots[step.ancestor_slot] = before.context;
      ++number;
      out->push(std::move(tuple));
    });
  };
  if (!tuples.is_undefined()) {
    for (const Tuples::Tuple& before : tuples.tuples().tuples) advance(before);
  } else if (cursor.many) {
    for_each(cursor.item, [&](const Item& item) { advance({item, unset}); });
  } else {
    advance({cursor.item, unset});
  }
  return tuple_stages(step, Item(Tag::Tuples, out), frame);
}

Item Evaluator::tuple_stages(const Node& step, Item tuples, Frame* frame) {
  for (const Stage& stage : step.stages) {
    if (stage.predicate) {
      tuples = filter_tuples(stage, tuples, frame);
      continue;
    }
    std::size_t number = 0;
    for (Tuples::Tuple& tuple : tuples.tuples().tuples) {
      if (stage.index_slot < tuple.slots.size()) {
        tuple.slots[stage.index_slot] = Item::number(static_cast<double>(number));
      }
      ++number;
    }
  }
  return tuples;
}

Item Evaluator::filter_tuples(const Stage& stage, const Item& input, Frame* frame) {
  const Tuples& from = input.tuples();
  const Ref<Tuples> out(new Tuples(meter_, *from.scope));
  const std::size_t size = from.tuples.size();
  if (stage.predicate->type == NodeType::Number) {
    double index = std::floor(stage.predicate->number);
    if (index < 0) index += static_cast<double>(size);
    if (index >= 0 && index < static_cast<double>(size)) out->push(from.tuples[static_cast<std::size_t>(index)]);
    return {Tag::Tuples, out};
  }
  for (std::size_t i = 0; i < size; ++i) {
    const Tuples::Tuple& tuple = from.tuples[i];
    const Ref<Frame> own = tuple_frame(*from.scope, tuple, frame);
    std::size_t times = 0;
    if (!selects(eval(*stage.predicate, tuple.context, own.get()), i, size, times)) continue;
    for (; times > 0; --times) out->push(tuple);
  }
  return {Tag::Tuples, out};
}

}  // namespace stepd::jsonata
