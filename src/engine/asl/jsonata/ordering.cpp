// The order-by operator, and the merge sort that it shares with $sort.
#include "engine/asl/jsonata/merge_sort.h"

#include "engine/asl/jsonata/evaluator.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

namespace stepd::jsonata {

namespace {

void merge_range(std::vector<std::uint32_t>& order, std::vector<std::uint32_t>& spare, std::size_t begin,
                 std::size_t end, const SwapsFunction& swaps) {
  if (end - begin <= 1) return;
  const std::size_t middle = begin + (end - begin) / 2;
  merge_range(order, spare, begin, middle, swaps);
  merge_range(order, spare, middle, end, swaps);
  std::size_t left = begin;
  std::size_t right = middle;
  std::size_t out = begin;
  while (left < middle && right < end) {
    spare[out++] = swaps(order[left], order[right]) ? order[right++] : order[left++];
  }
  while (left < middle) spare[out++] = order[left++];
  while (right < end) spare[out++] = order[right++];
  std::copy(spare.begin() + static_cast<std::ptrdiff_t>(begin), spare.begin() + static_cast<std::ptrdiff_t>(end),
            order.begin() + static_cast<std::ptrdiff_t>(begin));
}

/// -1, 0 or 1 for one term. Undefined comes last, whatever the direction.
int compare_terms(const Item& a, const Item& b, bool descending, std::uint32_t position) {
  if (a.is_undefined() || b.is_undefined()) return a.is_undefined() ? (b.is_undefined() ? 0 : 1) : -1;
  const auto sortable = [](const Item& item) { return item.is_string() || item.is_number(); };
  if (!sortable(a) || !sortable(b)) {
    throw Failure("T2008", position).with_value(json_for_error(sortable(a) ? b : a));
  }
  if (a.is_string() != b.is_string()) {
    throw Failure("T2007", position).with_values(json_for_error(a), json_for_error(b));
  }
  int order = 0;
  if (a.is_string()) {
    order = compare_utf16(a.text(), b.text());
  } else {
    order = a.number() == b.number() ? 0 : a.number() < b.number() ? -1 : 1;
  }
  return descending ? -order : order;
}

}  // namespace

std::vector<std::uint32_t> merge_sorted(std::size_t size, const SwapsFunction& swaps) {
  std::vector<std::uint32_t> order(size);
  for (std::size_t i = 0; i < size; ++i) order[i] = static_cast<std::uint32_t>(i);
  std::vector<std::uint32_t> spare(size);
  merge_range(order, spare, 0, size, swaps);
  return order;
}

Item Evaluator::sort(const Node& node, const Item& input, Frame* frame) {
  const bool tuples = input.tag() == Tag::Tuples;
  const std::size_t size = tuples ? input.tuples().tuples.size() : input.size();
  if (size <= 1) return input;
  // Each term of an item is computed once, when it is first compared.
  const std::size_t terms = node.terms.size();
  const Ref<List> keys = new_list(meter_);
  keys->reserve(size * terms);
  for (std::size_t i = 0; i < size * terms; ++i) keys->push(Item(Tag::Unset));
  const auto key_of = [&](std::uint32_t item, std::size_t term) -> const Item& {
    Item& key = keys->items[item * terms + term];
    if (key.tag() != Tag::Unset) return key;
    if (tuples) {
      const Tuples::Tuple& tuple = input.tuples().tuples[item];
      const Ref<Frame> own = tuple_frame(*input.tuples().scope, tuple, frame);
      key = eval(*node.terms[term].expression, tuple.context, own.get());
    } else {
      key = eval(*node.terms[term].expression, input.at(item), frame);
    }
    return key;
  };
  const auto order = merge_sorted(size, [&](std::uint32_t a, std::uint32_t b) {
    meter_.step();
    for (std::size_t term = 0; term < terms; ++term) {
      const Item& left = key_of(a, term);
      const Item& right = key_of(b, term);
      const int comparison = compare_terms(left, right, node.terms[term].descending, node.position);
      if (comparison != 0) return comparison > 0;
    }
    return false;
  });
  if (tuples) {
    const Ref<Tuples> out(new Tuples(meter_, *input.tuples().scope));
    for (const std::uint32_t i : order) out->push(input.tuples().tuples[i]);
    return {Tag::Tuples, out};
  }
  const auto out = new_list(meter_);
  out->reserve(size);
  for (const std::uint32_t i : order) out->push(input.at(i));
  return array_of(out);
}

}  // namespace stepd::jsonata
