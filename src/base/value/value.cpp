#include "base/value/value.h"

#include "base/assert.h"
#include "base/value/compare.h"
#include "base/value/escape.h"
#include "base/value/member_index.h"
#include "base/value/node.h"
#include "base/value/number.h"
#include "base/value/text_hash.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace stepd {

using layout::Access;
using layout::Form;

namespace {

const Value* member_value(const layout::Cell& object, std::uint32_t position) {
  return position == layout::kNotFound ? nullptr : &Access::view(layout::value_at(object, position));
}

}  // namespace

Value Value::boolean(bool value) { return Access::adopt(layout::bool_cell(value)); }

Value Value::integer(std::int64_t value) { return Access::adopt(layout::integer_cell(value)); }

Value Value::number(double value) { return std::isfinite(value) ? Access::adopt(layout::double_cell(value)) : Value(); }

Value Value::string(std::string_view text) {
  if (text.size() > layout::kTextBytesMax) throw std::length_error("a JSON string of more than 4 GiB");
  if (!is_utf8(text)) return string(replace_invalid(text));
  const std::uint64_t printed = printed_bytes(text);
  if (printed > layout::kTextBytesMax) throw std::length_error("a JSON string of more than 4 GiB");
  return Access::adopt(layout::text_cell(text, printed));
}

Value Value::empty_array() { return Access::adopt(layout::container_cell(Form::Array, nullptr, 2, 1)); }

Value Value::empty_object() { return Access::adopt(layout::container_cell(Form::Object, nullptr, 2, 1)); }

bool Value::boolean() const { return is_bool() && cell_.low != 0; }

std::string_view Value::string() const& { return is_string() ? layout::text_of(cell_) : std::string_view(); }

std::optional<std::int64_t> Value::integer() const {
  if (layout::form_of(cell_) != Form::Integer) return std::nullopt;
  return static_cast<std::int64_t>(cell_.low);
}

double Value::number() const {
  switch (layout::form_of(cell_)) {
    case Form::Integer:
      return static_cast<double>(static_cast<std::int64_t>(cell_.low));
    case Form::Double:
      return std::bit_cast<double>(cell_.low);
    case Form::Decimal:
    case Form::LongInteger:
    case Form::LongDecimal:
      return read_double(layout::text_of(cell_));
    default:
      return 0;
  }
}

std::string Value::number_text() const {
  if (!is_number()) return {};
  char buffer[kDoubleBytes];
  return std::string(layout::number_text_of(cell_, buffer));
}

std::size_t Value::size() const { return layout::is_container(cell_) ? layout::size_of(cell_) : 0; }

std::span<const Value> Value::items() const& {
  if (!is_array() || cell_.low == 0) return {};
  return {Access::view(layout::cells_of(layout::node_of(cell_))), size()};
}

const Value& Value::operator[](std::size_t index) const {
  STEPD_ASSERT(layout::form_of(cell_) == Form::Array && index < layout::size_of(cell_));
  return Access::view(layout::cells_of(layout::node_of(cell_))[index]);
}

const Value* Value::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  return member_value(cell_, layout::find_member(cell_, layout::Name(name)));
}

const Value* Value::find(const Key& key) const {
  if (!is_object()) return nullptr;
  return member_value(cell_, layout::find_member(cell_, layout::Name(Access::cell(key.name())), key.hash()));
}

Members Value::members() const& {
  if (!is_object() || cell_.low == 0) return {nullptr, 0};
  return {Access::view(layout::cells_of(layout::node_of(cell_))), size()};
}

std::uint32_t Value::text_bytes() const { return layout::text_bytes_of(cell_); }

std::uint32_t Value::depth() const { return layout::depth_of(cell_); }

std::uint32_t Value::nodes() const { return layout::nodes_of(cell_); }

bool operator==(const Value& a, const Value& b) {
  Budget budget = Budget::without_limits();
  return equal(a, b, budget);
}

Key::Key(std::string_view name) : name_(Value::string(name)), hash_(hash_text(name_.string())) {}

}  // namespace stepd
