// Object constructors and group-by.
#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/nesting.h"

#include <algorithm>

namespace stepd::jsonata {

namespace {

/// What has one key: the items that gave it, and the pair of the object that it comes from.
struct Group {
  Key key;
  std::size_t pair;
  Item items;
  std::vector<std::size_t> tuples;  // their numbers, where tuples are grouped
};

class Groups {
 public:
  explicit Groups(Meter& meter) : index_(new Map(meter)) {}

  /// The group of the key, and whether it is new. Fails if another pair has given the same key.
  Group& of(std::string_view name, std::size_t pair, const Node& object, bool& is_new) {
    const Key key(name);
    const Map::Entry* found = groups_.empty() ? nullptr : index_->find(key);
    is_new = found == nullptr;
    if (is_new) {
      index_->set(key, Item::number(static_cast<double>(groups_.size())));
      groups_.push_back({key, pair, Item(), {}});
      return groups_.back();
    }
    Group& group = groups_[static_cast<std::size_t>(found->value.number())];
    if (group.pair != pair) {
      throw Failure("D1009", object.position).with_value(json_for_error(Item(Value::string(name))));
    }
    return group;
  }

  std::vector<Group>& all() { return groups_; }

 private:
  std::vector<Group> groups_;
  Ref<Map> index_;
};

}  // namespace

std::string_view Evaluator::group_key(const Item& key, const Node& object) const {
  if (!key.is_string()) throw Failure("T1003", object.position).with_value(json_for_error(key));
  if (key.text() == "_jsonata_lambda" || key.text() == "_jsonata_function") {
    throw Failure("D1013", object.position).with_value(json_for_error(key));
  }
  return key.text();
}

Item Evaluator::group(const Node& object, const Item& input, Frame* frame) {
  const Ref<Map> out(new Map(meter_));
  out->entries.reserve(std::min<std::size_t>(object.pairs.size(), 64));
  if (object.plain_keys && (!input.is_array() || input.size() == 0)) {
    if (!object.pairs.empty()) static_cast<void>(NestingScope(meter_));  // the keys are one level deeper
    const Item none;
    const Item& context = input.is_array() ? none : input;
    for (const Pair& pair : object.pairs) {
      Item value = eval(*pair.value, context, frame);
      if (!value.is_undefined()) out->add(*pair.literal, std::move(value));
    }
    return {Tag::Map, out};
  }
  if (object.pairs.size() == 1 && (!input.is_array() || input.size() == 0)) {
    // The common case needs no table.
    const Item context = input.is_array() ? Item() : input;
    const Item key = eval(*object.pairs[0].key, context, frame);
    if (!key.is_undefined()) {
      const std::string_view name = group_key(key, object);
      Item value = eval(*object.pairs[0].value, context, frame);
      if (!value.is_undefined()) out->set(Key(name), std::move(value));
    }
    return {Tag::Map, out};
  }
  Groups groups(meter_);
  const auto add = [&](const Item& item) {
    for (std::size_t pair = 0; pair < object.pairs.size(); ++pair) {
      const Item key = eval(*object.pairs[pair].key, item, frame);
      if (key.is_undefined()) continue;
      bool is_new = false;
      Group& group = groups.of(group_key(key, object), pair, object, is_new);
      group.items = is_new ? item : append(std::move(group.items), item, meter_);
    }
  };
  if (input.is_array() && input.size() == 0) {
    add(Item());
  } else {
    for_each(input, add);
  }
  for (Group& group : groups.all()) {
    Item value = eval(*object.pairs[group.pair].value, group.items, frame);
    if (!value.is_undefined()) out->set(group.key, std::move(value));
  }
  return {Tag::Map, out};
}

Item Evaluator::group_tuples(const Node& object, const Tuples& tuples, Frame* frame) {
  Groups groups(meter_);
  for (std::size_t i = 0; i < tuples.tuples.size(); ++i) {
    const Tuples::Tuple& tuple = tuples.tuples[i];
    const Ref<Frame> own = tuple_frame(*tuples.scope, tuple, frame);
    for (std::size_t pair = 0; pair < object.pairs.size(); ++pair) {
      const Item key = eval(*object.pairs[pair].key, tuple.context, own.get());
      if (key.is_undefined()) continue;
      bool is_new = false;
      groups.of(group_key(key, object), pair, object, is_new).tuples.push_back(i);
    }
  }
  const Ref<Map> out(new Map(meter_));
  for (Group& group : groups.all()) {
    Tuples::Tuple joined = tuples.tuples[group.tuples[0]];
    for (std::size_t i = 1; i < group.tuples.size(); ++i) {
      const Tuples::Tuple& next = tuples.tuples[group.tuples[i]];
      joined.context = append(std::move(joined.context), next.context, meter_);
      for (std::size_t slot = 0; slot < joined.slots.size(); ++slot) {
        if (next.slots[slot].tag() == Tag::Unset) continue;
        Item& all = joined.slots[slot];
        all = all.tag() == Tag::Unset ? next.slots[slot] : append(std::move(all), next.slots[slot], meter_);
      }
    }
    const Ref<Frame> own = tuple_frame(*tuples.scope, joined, frame);
    Item value = eval(*object.pairs[group.pair].value, joined.context, own.get());
    if (!value.is_undefined()) out->set(group.key, std::move(value));
  }
  return {Tag::Map, out};
}

}  // namespace stepd::jsonata
