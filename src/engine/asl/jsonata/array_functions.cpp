// Functions of arrays and objects that call no other function.
#include "base/value/text_hash.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>

namespace stepd::jsonata::native {

namespace {

/// Equal items have equal hashes.
std::uint64_t shallow_hash(const Item& item) {
  if (item.is_string()) return hash_text(item.text());
  if (item.is_number()) return mix_hashes(1, std::bit_cast<std::uint64_t>(item.number() + 0.0));
  if (item.is_array() || item.is_object()) return mix_hashes(item.is_array() ? 2 : 3, item.size());
  return item.is_bool() ? mix_hashes(4, item.boolean() ? 1 : 0) : 5;
}

void collect_keys(const Item& item, Map& keys, Meter& meter) {
  meter.step();
  if (item.is_array()) {
    for_each(item, [&](const Item& each) { collect_keys(each, keys, meter); });
    return;
  }
  for_each_member(item, [&](std::string_view name, const Item&) { keys.set(Key(name), Item()); });
}

Item spread_item(const Item& item, Meter& meter) {
  meter.step();
  if (item.is_array()) {
    Item result = sequence_of(new_list(meter));
    for_each(item, [&](const Item& each) { result = append(std::move(result), spread_item(each, meter), meter); });
    return result;
  }
  if (!item.is_object()) return item;
  const auto out = new_list(meter);
  for_each_member(item, [&](std::string_view name, const Item& value) {
    const Ref<Map> map(new Map(meter));
    map->set(Key(name), value);
    out->push({Tag::Map, map});
  });
  return sequence_of(out);
}

}  // namespace

Item append(const Call& call) { return jsonata::append(call[0], call[1], call.meter()); }

Item reverse(const Call& call) {
  if (call[0].size() <= 1) return call[0];
  const auto out = new_list(call.meter());
  out->reserve(call[0].size());
  for (std::size_t i = call[0].size(); i-- > 0;) out->push(call[0].at(i));
  return array_of(out);
}

Item shuffle(const Call& call) {
  if (call[0].size() <= 1) return call[0];
  const auto out = new_list(call.meter());
  for_each(call[0], [&](const Item& item) {
    out->push(item);
    const std::size_t place = call.evaluator.draw() % out->items.size();
    std::swap(out->items[place], out->items.back());
  });
  return array_of(out);
}

Item distinct(const Call& call) {
  const Item& items = call[0];
  if (!items.is_array() || items.size() <= 1) return items;
  const auto out = new_list(call.meter());
  std::unordered_multimap<std::uint64_t, std::size_t> seen;
  for_each(items, [&](const Item& item) {
    call.meter().step();
    const std::uint64_t hash = shallow_hash(item);
    const auto [begin, end] = seen.equal_range(hash);
    const bool known = std::any_of(
        begin, end, [&](const auto& entry) { return deep_equal(item, out->items[entry.second], call.meter()); });
    if (known) return;
    seen.emplace(hash, out->items.size());
    out->push(item);
  });
  return items.is_sequence() ? sequence_of(out) : array_of(out);
}

Item zip(const Call& call) {
  std::size_t length = std::numeric_limits<std::size_t>::max();
  for (const Item& argument : call.arguments) length = std::min(length, argument.is_array() ? argument.size() : 0);
  const auto out = new_list(call.meter());
  for (std::size_t i = 0; i < length && !call.arguments.empty(); ++i) {
    const auto row = new_list(call.meter());
    for (const Item& argument : call.arguments) row->push(argument.at(i));
    out->push(array_of(row));
  }
  return array_of(out);
}

Item exists(const Call& call) { return Item::boolean(!call.lacks(0)); }

Item keys(const Call& call) {
  if (call[0].is_json() && call[0].is_object()) {
    const auto names = new_list(call.meter());
    names->reserve(call[0].size());
    for_each_member(call[0], [&](std::string_view name, const Item&) { names->push(Item(Value::string(name))); });
    return sequence_of(names);
  }
  const Ref<Map> found(new Map(call.meter()));
  collect_keys(call[0], *found, call.meter());
  const auto out = new_list(call.meter());
  for (const Map::Entry& entry : found->entries) out->push(Item(entry.name.name()));
  return sequence_of(out);
}

Item lookup(const Call& call) {
  if (call.lacks(1)) return {};
  return jsonata::lookup(call[0], Key(call[1].text()), call.meter());
}

Item spread(const Call& call) { return spread_item(call[0], call.meter()); }

Item merge(const Call& call) {
  if (call.lacks(0)) return {};
  const Ref<Map> out(new Map(call.meter()));
  for_each(call[0], [&](const Item& object) {
    call.meter().step();
    for_each_member(object, [&](std::string_view name, const Item& value) { out->set(Key(name), value); });
  });
  return {Tag::Map, out};
}

Item boolean(const Call& call) { return call.lacks(0) ? Item() : Item::boolean(truth(call[0])); }

Item negate(const Call& call) { return call.lacks(0) ? Item() : Item::boolean(!truth(call[0])); }

Item type(const Call& call) {
  const Item& item = call[0];
  const auto named = [](std::string_view name) { return Item(Value::string(name)); };
  if (item.is_undefined()) return {};
  if (item.is_null()) return named("null");
  if (is_numeric(item)) return named("number");
  if (item.is_string()) return named("string");
  if (item.is_bool()) return named("boolean");
  if (item.is_array()) return named("array");
  return named(item.is_function() ? "function" : "object");
}

Item error(const Call& call) {
  Failure failure("D3137");
  failure.message = call[0].text().empty() ? "$error() function evaluated" : std::string(call[0].text());
  throw failure;
}

Item assert_true(const Call& call) {
  if (call[0].boolean()) return {};
  Failure failure("D3141");
  failure.message = call[1].text().empty() ? "$assert() statement failed" : std::string(call[1].text());
  throw failure;
}

}  // namespace stepd::jsonata::native
