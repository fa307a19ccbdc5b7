// Paths: steps, predicates, wildcards. A cursor is what a step has selected: one item, or many in a list. While only
// one item is selected, no list is made.
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/nesting.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata {

namespace {

// Room that a list takes at once.
constexpr std::size_t kReservedMax = 4'096;
constexpr std::size_t kFirstItems = 16;

/// For a value within `whole`.
void look_up_into(const Item& whole, const Value& value, const Key& key, List& out) {
  if (value.is_object()) {
    const Value* found = value.find(key);
    if (found == nullptr) return;
    if (found->is_array()) {
      for (const Value& each : found->items()) out.push(whole.part(each));
    } else {
      out.push(whole.part(*found));
    }
  } else if (value.is_array()) {
    for (const Value& each : value.items()) look_up_into(whole, each, key, out);
  }
}

void look_up_into(const Item& item, const Key& key, List& out) {
  if (item.is_json()) return look_up_into(item, item.json(), key, out);
  if (item.is_array()) {
    for_each(item, [&](const Item& each) { look_up_into(each, key, out); });
  } else if (item.is_object()) {
    const Item found = item.find(key);
    if (!found.is_undefined()) out.push_all(found);
  }
}

void descend(const Item& item, List& out, Meter& meter) {
  meter.step();
  if (item.is_array()) {
    for_each(item, [&](const Item& each) { descend(each, out, meter); });
    return;
  }
  out.push(item);
  for_each_member(item, [&](std::string_view, const Item& each) { descend(each, out, meter); });
}

void flatten_into(const Item& item, List& out) {
  if (item.is_array()) {
    for_each(item, [&](const Item& each) { flatten_into(each, out); });
  } else {
    out.push(item);
  }
}

/// Adds what a step gives for one item.
void spread_into(Item&& result, List& out) {
  if (!result.is_array() || result.has(Item::kConstructed)) {
    out.push(std::move(result));
  } else {
    out.push_all(result);
  }
}

}  // namespace

Item lookup(const Item& input, const Key& key, Meter& meter) {
  if (!input.is_array()) return input.find(key);
  const auto out = new_list(meter);
  meter.step(input.size());
  look_up_into(input, key, *out);
  return sequence_of(out);
}

Item append(Item first, const Item& second, Meter& meter) {
  if (first.is_undefined()) return second;
  if (second.is_undefined()) return first;
  if (first.tag() == Tag::List && first.node()->count == 1) {
    first.list().push_all(second);
    return std::move(first).with_flags(0);
  }
  const auto out = new_list(meter);
  out->reserve(first.size() + second.size());
  out->push_all(first);
  out->push_all(second);
  return array_of(out);
}

Item Evaluator::wildcard(const Item& input) {
  const auto out = new_list(meter_);
  const Item object = input.has(Item::kOuter) && input.size() > 0 ? input.at(0) : input;
  if (object.is_array()) {
    for_each(object, [&](const Item& each) { flatten_into(each, *out); });
  } else {
    for_each_member(object, [&](std::string_view, const Item& each) { flatten_into(each, *out); });
  }
  return sequence_of(out);
}

Item Evaluator::descendants(const Item& input) {
  if (input.is_undefined()) return {};
  const auto out = new_list(meter_);
  descend(input, *out, meter_);
  return sequence_of(out);
}

/// Follows names from one object to the next, without a list, until an array is met or the path ends.
void Evaluator::plain_names(const Node& node, std::size_t& at, Cursor& cursor) {
  const NestingScope nesting(meter_);
  const auto& steps = node.children;
  Item found;
  if (cursor.item.is_json()) {
    const Value* value = &cursor.item.json();
    while (at < steps.size() && value != nullptr && !value->is_array()) value = value->find(*steps[at++]->key);
    if (value != nullptr) found = cursor.item.part(*value);
  } else {
    found = std::move(cursor.item);
    while (at < steps.size() && !found.is_undefined() && !found.is_array()) found = found.find(*steps[at++]->key);
  }
  meter_.step(at);
  const std::size_t count = found.is_undefined() ? 0 : 1;  // before it is moved
  cursor = finish_step(count, std::move(found), Ref<List>(), at == steps.size());
}

Evaluator::Cursor Evaluator::finish_step(std::size_t count, Item only, const Ref<List>& all, bool last) {
  if (count == 0) return {Item(), false, true};
  if (count > 1) return {sequence_of(all), true, all->items.empty()};
  if (!only.is_array() || only.has(Item::kConstructed) || (last && !only.is_sequence()))
    return {std::move(only), false, false};
  only.set_flags(Item::kSequence);
  const bool empty = only.size() == 0;
  return {std::move(only), true, empty};
}

Evaluator::Cursor Evaluator::step(const Node& step, const Cursor& cursor, Frame* frame, bool last) {
  if (step.type == NodeType::Sort) {
    Item sorted = sort(step, cursor.many ? cursor.item : wrap(cursor.item), frame);
    for (const Stage& stage : step.stages) sorted = filter(stage, std::move(sorted), frame);
    const bool empty = sorted.is_array() ? sorted.size() == 0 : sorted.is_undefined();
    const bool many = sorted.is_array();
    return {std::move(sorted), many, empty};
  }
  std::size_t count = 0;
  Item only;
  Ref<List> all;
  const auto take = [&](Item&& result) {
    if (result.is_undefined()) return;
    if (++count == 1) {
      only = std::move(result);
      return;
    }
    if (count == 2) {
      all = new_list(meter_);
      all->reserve(std::min<std::size_t>(cursor.item.size(), kReservedMax));
      spread_into(std::move(only), *all);
    }
    spread_into(std::move(result), *all);
  };
  const auto evaluate = [&](const Item& context) {
    Item result = eval(step, context, frame);
    for (const Stage& stage : step.stages) result = filter(stage, std::move(result), frame);
    take(std::move(result));
  };
  if (!cursor.many) {
    evaluate(cursor.item);
  } else if (step.type == NodeType::Name && step.stages.empty() && cursor.item.is_json()) {
    const NestingScope nesting(meter_);
    meter_.step(cursor.item.size());
    for (const Value& value : cursor.item.json().items()) {
      if (value.is_object()) {
        if (const Value* found = value.find(*step.key)) take(cursor.item.part(*found));
      } else if (value.is_array()) {
        take(collapse(lookup(cursor.item.part(value), *step.key, meter_)));
      }
    }
  } else {
    for_each(cursor.item, evaluate);
  }
  return finish_step(count, std::move(only), all, last);
}

Item Evaluator::wrap(Item item) {
  const auto list = new_list(meter_);
  list->push(std::move(item));
  return sequence_of(list);
}

Item Evaluator::path(const Node& node, const Item& input, Frame* frame) {
  const auto& steps = node.children;
  Cursor cursor;
  cursor.many = input.is_array() && steps[0]->type != NodeType::Variable && steps[0]->type != NodeType::Context &&
                steps[0]->type != NodeType::Root;
  cursor.item = input;
  Item tuples;
  for (std::size_t i = 0; i < steps.size() && !cursor.empty;) {
    const Node& at = *steps[i];
    if (i >= node.first_tuple) {
      tuples = tuple_step(at, cursor, tuples, frame);
      ++i;
    } else if (i >= node.plain_from && !cursor.many && !cursor.item.is_array()) {
      plain_names(node, i, cursor);
    } else if (i == 0 && at.constructs) {
      cursor.item = eval(at, cursor.many ? input : wrap(input), frame);
      cursor.many = cursor.item.is_array();
      cursor.empty = cursor.item.is_undefined() || (cursor.many && cursor.item.size() == 0);
      ++i;
    } else {
      ++i;
      cursor = step(at, cursor, frame, i == steps.size());
    }
  }
  if (!tuples.is_undefined()) {
    if (node.group) return group_tuples(*node.group, tuples.tuples(), frame);
    if (node.tuple) return tuples;
  } else if (node.group && node.first_tuple < steps.size()) {
    // Nothing was selected before the first tuple. The group sees the names of tuples all the same, without values.
    const Ref<Frame> own(new Frame(meter_, *node.scope, Ref<Frame>(frame)));
    return group(*node.group, Item(), own.get());
  }
  Item result;
  if (!tuples.is_undefined()) {
    const auto list = new_list(meter_);
    for (const auto& tuple : tuples.tuples().tuples) list->push(tuple.context);
    result = sequence_of(list);
  } else if (!cursor.empty || (steps.size() == 1 && cursor.item.is_array())) {
    result = std::move(cursor.item);
  }
  if (node.keep_singleton && !result.is_undefined()) {
    if (!result.is_array() || (result.has(Item::kConstructed) && !result.is_sequence()))
      result = wrap(std::move(result));
    result.set_flags(result.flags() | Item::kKeep);
  }
  return node.group ? group(*node.group, result, frame) : result;
}

bool Evaluator::selects(const Item& result, std::size_t index, std::size_t size, std::size_t& times) const {
  const auto is_index = [&](double number) {
    const double whole = std::floor(number);
    return (whole < 0 ? static_cast<double>(size) + whole : whole) == static_cast<double>(index);
  };
  times = 1;
  if (result.is_number() && is_numeric(result)) return is_index(result.number());
  if (!result.is_array()) return truth(result);
  times = 0;
  bool numbers = true;
  for_each(result, [&](const Item& each) {
    numbers = numbers && each.is_number() && is_numeric(each);
    if (numbers && is_index(each.number())) ++times;
  });
  if (numbers) return times > 0;
  times = 1;
  return truth(result);
}

Item Evaluator::filter(const Stage& stage, Item input, Frame* frame) {
  if (input.tag() == Tag::Tuples) return filter_tuples(stage, input, frame);
  const bool is_array = input.is_array();
  const std::size_t size = is_array ? input.size() : 1;
  const Node& predicate = *stage.predicate;
  const auto none = [] { return Item(Value::empty_array()).with_flags(Item::kSequence); };
  if (predicate.type == NodeType::Number) {
    double index = std::floor(predicate.number);
    if (index < 0) index += static_cast<double>(size);
    if (index < 0 || index >= static_cast<double>(size)) return none();
    if (is_array) return input.at(static_cast<std::size_t>(index));
    return input.is_undefined() ? none() : input;
  }
  std::size_t count = 0;
  Item only;
  Ref<List> all;
  const auto take = [&](const Item& item) {
    if (++count == 1) {
      only = item;
      return;
    }
    if (count == 2) {
      all = new_list(meter_);
      all->reserve(std::min<std::size_t>(size, kFirstItems));
      all->push(std::move(only));
    }
    all->push(item);
  };
  std::size_t index = 0;
  for_each(input, [&](const Item& item) {
    std::size_t times = 0;
    if (selects(eval(predicate, item, frame), index++, size, times)) {
      for (; times > 0; --times) take(item);
    }
  });
  if (count == 0) return none();
  if (count > 1) return sequence_of(all);
  return only.is_array() || only.is_undefined() ? wrap(std::move(only)) : only;
}

}  // namespace stepd::jsonata
