#include "base/value/compare.h"

#include "base/value/member_index.h"
#include "base/value/node.h"
#include "base/value/number.h"
#include "base/value/text_hash.h"

#include <vector>

namespace stepd {

using layout::Access;
using layout::Cell;
using layout::Form;
using layout::Node;

namespace {

enum class Verdict : std::uint8_t { Same, Different, LookInside };

bool is_number(Form form) {
  return form == Form::Integer || form == Form::Double || form == Form::Decimal || form == Form::LongInteger ||
         form == Form::LongDecimal;
}

bool same_number(const Cell& a, const Cell& b) {
  if (layout::form_of(a) == Form::Integer && layout::form_of(b) == Form::Integer) return a.low == b.low;
  char a_digits[kDoubleBytes];
  char b_digits[kDoubleBytes];
  return DecimalValue(layout::number_text_of(a, a_digits)) == DecimalValue(layout::number_text_of(b, b_digits));
}

/// As far as can be told without looking at children.
Verdict compare_heads(const Cell& a, const Cell& b) {
  if (a.low == b.low && a.high == b.high) return Verdict::Same;
  const Form form = layout::form_of(a);
  const auto verdict = [](bool same) { return same ? Verdict::Same : Verdict::Different; };
  if (is_number(form)) return verdict(is_number(layout::form_of(b)) && same_number(a, b));
  if (form != layout::form_of(b)) return Verdict::Different;
  if (form == Form::LongText) return verdict(a.high == b.high && layout::text_of(a) == layout::text_of(b));
  if (form < Form::Array) return Verdict::Different;
  // Equal trees have as many nodes and levels; only their texts may differ in length.
  const bool alike = layout::size_of(a) == layout::size_of(b) && layout::nodes_of(a) == layout::nodes_of(b) &&
                     layout::depth_of(a) == layout::depth_of(b);
  return alike ? Verdict::LookInside : Verdict::Different;
}

struct OpenedPair {
  const Cell* a;
  const Cell* b;
  std::uint32_t next;
};

/// The child of `pair.b` that must equal a's next one; nothing if there is no member of that name.
const Cell* counterpart(const OpenedPair& pair) {
  if (layout::form_of(*pair.a) == Form::Array) return layout::cells_of(layout::node_of(*pair.b)) + pair.next;
  const Cell& name = layout::name_at(*pair.a, pair.next);
  const bool same_place = compare_heads(name, layout::name_at(*pair.b, pair.next)) == Verdict::Same;
  const std::uint32_t position = same_place ? pair.next : layout::find_member(*pair.b, layout::Name(name));
  return position == layout::kNotFound ? nullptr : &layout::value_at(*pair.b, position);
}

const Cell& child_of(const Cell& container, std::uint32_t position) {
  if (layout::form_of(container) == Form::Object) return layout::value_at(container, position);
  return layout::cells_of(layout::node_of(container))[position];
}

/// A container on the way of the hash.
struct Summed {
  const Cell* cell;
  std::uint32_t next;
  std::uint64_t sum;
};

std::uint64_t hash_scalar(const Cell& cell) {
  const Form form = layout::form_of(cell);
  if (is_number(form)) {
    char digits[kDoubleBytes];
    return DecimalValue(layout::number_text_of(cell, digits)).hash();
  }
  if (layout::is_inline_text(cell) || form == Form::LongText) return hash_text(layout::text_of(cell));
  return mix_hashes(static_cast<std::uint64_t>(form), cell.low);
}

/// Takes the hash of the child that was next. Members are summed, so that their order does not matter.
void take_child(Summed& parent, std::uint64_t hash) {
  if (layout::form_of(*parent.cell) == Form::Object) {
    parent.sum += mix_hashes(hash_text(layout::text_of(layout::name_at(*parent.cell, parent.next))), hash);
  } else {
    parent.sum = mix_hashes(parent.sum, hash);
  }
  ++parent.next;
}

}  // namespace

bool equal(const Value& a, const Value& b, Budget& budget) {
  std::vector<OpenedPair> opened;
  const Cell* left = &Access::cell(a);
  const Cell* right = &Access::cell(b);
  for (;;) {
    if (budget.steps == 0) {
      budget.reached = Limit::Steps;
      return false;
    }
    --budget.steps;
    const Verdict verdict = compare_heads(*left, *right);
    if (verdict == Verdict::Different) return false;
    if (verdict == Verdict::LookInside) opened.push_back({left, right, 0});
    while (!opened.empty() && opened.back().next == layout::size_of(*opened.back().a)) opened.pop_back();
    if (opened.empty()) return true;
    left = &child_of(*opened.back().a, opened.back().next);
    right = counterpart(opened.back());
    if (right == nullptr) return false;
    ++opened.back().next;
  }
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  const auto left = a.integer();
  const auto right = b.integer();
  if (left && right) return *left <=> *right;
  const auto as_doubles = a.number() <=> b.number();
  if (as_doubles != 0 || a.kind() != Kind::Integer || b.kind() != Kind::Integer) return as_doubles;
  // Integers of one sign and beyond 64 bits: the longer text, or the later one, is further from zero.
  const auto left_text = a.number_text();
  const auto right_text = b.number_text();
  auto magnitudes = left_text.size() <=> right_text.size();
  if (magnitudes == 0) magnitudes = left_text <=> right_text;
  if (a.number() >= 0 || magnitudes == 0) return magnitudes;
  return magnitudes < 0 ? std::partial_ordering::greater : std::partial_ordering::less;
}

std::uint64_t canonical_hash(const Value& value) {
  std::vector<Summed> opened;
  const Cell* cell = &Access::cell(value);
  for (;;) {
    std::uint64_t hash = 0;
    if (layout::is_container(*cell) && cell->low != 0) {
      opened.push_back({cell, 0, static_cast<std::uint64_t>(layout::form_of(*cell))});
    } else {
      hash = hash_scalar(*cell);
      if (opened.empty()) return hash;
      take_child(opened.back(), hash);
    }
    while (opened.back().next == layout::size_of(*opened.back().cell)) {
      hash = mix_hashes(opened.back().sum, opened.back().next);
      opened.pop_back();
      if (opened.empty()) return hash;
      take_child(opened.back(), hash);
    }
    cell = &child_of(*opened.back().cell, opened.back().next);
  }
}

}  // namespace stepd
