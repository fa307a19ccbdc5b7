// Functions that call the function that they are given, and $eval.
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/merge_sort.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata::native {

namespace {

/// Value, index or key, and the whole.
Item call_with(const Call& call, const Item& function, const Item& value, const Item& place, const Item& whole) {
  call.meter().step();
  const std::size_t arity = call.evaluator.arity_of(function);
  Arguments arguments;
  arguments.push_back(value);
  if (arity >= 2) arguments.push_back(place);
  if (arity >= 3) arguments.push_back(whole);
  return call.evaluator.apply(function, std::move(arguments), Item(), call.frame);
}

constexpr std::size_t kReservedItems = 4'096;

Item index_item(std::size_t index) { return Item::number(static_cast<double>(index)); }

/// What JavaScript takes for true.
bool is_truthy(const Item& item) {
  if (item.is_bool()) return item.boolean();
  if (item.is_string()) return !item.text().empty();
  if (item.is_number()) return item.number() != 0 && !std::isnan(item.number());
  return !item.is_undefined() && !item.is_null();
}

}  // namespace

Item map(const Call& call) {
  if (call.lacks(0)) return {};
  const auto out = new_list(call.meter());
  out->reserve(std::min<std::size_t>(call[0].size(), kReservedItems));
  std::size_t index = 0;
  for_each(call[0], [&](const Item& item) {
    Item result = call_with(call, call[1], item, index_item(index++), call[0]);
    if (!result.is_undefined()) out->push(std::move(result));
  });
  return sequence_of(out);
}

Item filter(const Call& call) {
  if (call.lacks(0)) return {};
  const auto out = new_list(call.meter());
  std::size_t index = 0;
  for_each(call[0], [&](const Item& item) {
    if (truth(call_with(call, call[1], item, index_item(index++), call[0]))) out->push(item);
  });
  return sequence_of(out);
}

Item single(const Call& call) {
  if (call.lacks(0)) return {};
  bool found = false;
  Item result;
  std::size_t index = 0;
  for_each(call[0], [&](const Item& item) {
    const std::size_t at = index++;
    if (!call.lacks(1) && !truth(call_with(call, call[1], item, index_item(at), call[0]))) return;
    if (found) throw Failure("D3138").with_index(at);
    found = true;
    result = item;
  });
  if (!found) throw Failure("D3139");
  return result;
}

Item reduce(const Call& call) {
  if (call.lacks(0)) return {};
  const std::size_t arity = call.evaluator.arity_of(call[1]);
  if (arity < 2) throw Failure("D3050").with_index(1);
  const std::size_t size = call[0].size();
  std::size_t index = 0;
  Item result = call[2];
  if (result.is_undefined() && size > 0) result = call[0].at(index++);
  for (; index < size; ++index) {
    call.meter().step();
    Arguments arguments;
    arguments.push_back(std::move(result));
    arguments.push_back(call[0].at(index));
    if (arity >= 3) arguments.push_back(index_item(index));
    if (arity >= 4) arguments.push_back(call[0]);
    result = call.evaluator.apply(call[1], std::move(arguments), Item(), call.frame);
  }
  return result;
}

Item each(const Call& call) {
  const auto out = new_list(call.meter());
  for_each_member(call[0], [&](std::string_view name, const Item& value) {
    Item result = call_with(call, call[1], value, Item(Value::string(name)), call[0]);
    if (!result.is_undefined()) out->push(std::move(result));
  });
  return sequence_of(out);
}

Item sift(const Call& call) {
  if (call.lacks(1)) return {};
  const Ref<Map> out(new Map(call.meter()));
  for_each_member(call[0], [&](std::string_view name, const Item& value) {
    if (truth(call_with(call, call[1], value, Item(Value::string(name)), call[0]))) out->set(Key(name), value);
  });
  return out->entries.empty() ? Item() : Item(Tag::Map, out);
}

Item sort(const Call& call) {
  const Item& items = call[0];
  if (items.size() <= 1) return items;
  std::vector<Item> all;
  bool numbers = true;
  bool strings = true;
  call.meter().check_list(items.size());
  for_each(items, [&](const Item& item) {
    numbers = numbers && is_numeric(item);
    strings = strings && item.is_string();
    all.push_back(item);
  });
  if (call.lacks(1) && !numbers && !strings) throw Failure("D3070").with_index(1);
  const auto order = merge_sorted(all.size(), [&](std::uint32_t a, std::uint32_t b) {
    call.meter().step();
    if (call.lacks(1)) {
      return numbers ? all[a].number() > all[b].number() : compare_utf16(all[a].text(), all[b].text()) > 0;
    }
    Arguments arguments;
    arguments.push_back(all[a]);
    arguments.push_back(all[b]);
    return is_truthy(call.evaluator.apply(call[1], std::move(arguments), Item(), call.frame));
  });
  const auto out = new_list(call.meter());
  out->reserve(all.size());
  for (const std::uint32_t i : order) out->push(std::move(all[i]));
  return array_of(out);
}

Item eval(const Call& call) {
  if (call.lacks(0)) return {};
  Item input = call.input;
  if (!call.lacks(1)) {
    input = call[1];
    if (input.is_array() && !input.is_sequence()) {
      const auto wrapper = new_list(call.meter());
      wrapper->push(std::move(input));
      input = sequence_of(wrapper, Item::kOuter);
    }
  }
  return call.evaluator.evaluate_text(call[0].text(), input, call.frame);
}

Item clone(const Call& call) {
  if (call.lacks(0)) return {};
  return call[0];  // values never change, so a copy is the value itself
}

}  // namespace stepd::jsonata::native
