#include "base/value/builder.h"

#include "base/assert.h"
#include "base/value/escape.h"
#include "base/value/member_index.h"
#include "base/value/node.h"
#include "base/value/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace stepd {

using layout::Access;
using layout::Cell;
using layout::Form;
using layout::Node;

namespace {

/// As Jackson has it, which AWS uses.
constexpr std::size_t kMemberNameChars = 50'000;
constexpr std::size_t kFirstCells = 32;
static_assert(limits::kJsonDepth == 1'000, "describe() names it");

bool is_too_long_a_name(std::string_view name) {
  if (name.size() <= kMemberNameChars) return false;
  const auto follows = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; };
  return name.size() - static_cast<std::size_t>(std::count_if(name.begin(), name.end(), follows)) > kMemberNameChars;
}

std::uint64_t node_bytes(std::size_t text) { return text > layout::kInlineBytes ? sizeof(Node) + text : 0; }

}  // namespace

std::string_view describe(Limit limit) {
  switch (limit) {
    case Limit::None:
      break;
    case Limit::Bytes:
      return "JSON is longer than it may be here";
    case Limit::Depth:
      return "JSON is nested more than 1000 levels deep";
    case Limit::Nodes:
      return "JSON has more values than it may have here";
    case Limit::Fresh:
      return "an evaluation takes more memory than it may";
    case Limit::Name:
      return "a JSON member name is longer than 50000 characters";
    case Limit::Steps:
      return "an evaluation compares more values than it may";
  }
  return "";
}

Budget Budget::without_limits() {
  Budget budget;
  budget.bytes = layout::kTextBytesMax;
  budget.nodes = std::numeric_limits<std::uint32_t>::max();
  budget.fresh = std::numeric_limits<std::size_t>::max();
  budget.steps = std::numeric_limits<std::size_t>::max();
  return budget;
}

Builder::~Builder() {
  for (const Cell& cell : cells_) layout::release(cell);
}

bool Builder::in_object() const { return levels_.back().form == Form::Object; }

bool Builder::is_place_for(Role role) const {
  if (levels_.empty()) return role == Role::Value && cells_.empty();
  const bool named = in_object() && (cells_.size() - levels_.back().first) % 2 == 1;
  return role == Role::Name ? in_object() && !named : !in_object() || named;
}

bool Builder::refuse(Limit limit) {
  limit_ = limit;
  budget_.reached = limit;
  return false;
}

bool Builder::admit(Role role, std::uint64_t text_bytes, std::uint64_t nodes, std::uint64_t memory) {
  if (limit_ != Limit::None) return false;
  STEPD_ASSERT(is_place_for(role));
  // A comma before each but the first; it stands before the name of a member, and a colon after that.
  const bool comma = !levels_.empty() && cells_.size() > levels_.back().first && (role == Role::Name || !in_object());
  const std::uint64_t bytes = bytes_ + text_bytes + (comma ? 1 : 0) + (role == Role::Name ? 1 : 0);
  if (bytes > budget_.bytes) return refuse(Limit::Bytes);
  if (nodes_ + nodes > budget_.nodes) return refuse(Limit::Nodes);
  if (memory + sizeof(Cell) > budget_.fresh) return refuse(Limit::Fresh);
  bytes_ = bytes;
  nodes_ += nodes;
  budget_.fresh -= memory + sizeof(Cell);
  return true;
}

bool Builder::add_scalar(const Cell& cell) {
  if (!admit(Role::Value, layout::text_bytes_of(cell), 1, 0)) return false;
  cells_.push_back(cell);
  return true;
}

bool Builder::add(Value value) {
  if (levels_.size() + value.depth() > std::min<std::size_t>(budget_.depth, limits::kJsonDepth)) {
    return limit_ == Limit::None ? refuse(Limit::Depth) : false;
  }
  if (!admit(Role::Value, value.text_bytes(), value.nodes(), 0)) return false;
  if (!levels_.empty()) levels_.back().depth = std::max(levels_.back().depth, value.depth());
  cells_.push_back(Access::take(std::move(value)));
  return true;
}

bool Builder::null() { return add_scalar(Cell()); }

bool Builder::boolean(bool value) { return add_scalar(layout::bool_cell(value)); }

bool Builder::integer(std::int64_t value) { return add_scalar(layout::integer_cell(value)); }

bool Builder::number(double value) { return std::isfinite(value) ? add_scalar(layout::double_cell(value)) : null(); }

bool Builder::decimal(std::string_view text) {
  const NumberScan scan = scan_number(text.data(), text.data() + text.size());
  const bool good = scan.expected == nullptr && scan.end == text.data() + text.size() && text.size() <= kNumberChars &&
                    !overflows(text, scan.exponent);
  return good ? add_number(text, scan.whole) : null();
}

bool Builder::add_number(std::string_view text, bool whole) {
  const char* const end = text.data() + text.size();
  if (whole) {
    std::int64_t value = 0;
    // The length of the text is stored with the value, which tells -0 from 0.
    if (std::from_chars(text.data(), end, value).ec == std::errc{}) {
      return add_scalar({static_cast<std::uint64_t>(value), layout::tag_of(Form::Integer) | text.size()});
    }
  }
  if (text.size() <= layout::kInlineBytes) return add_scalar(layout::inline_cell(Form::Decimal, text));
  if (!whole && text.size() <= kDoubleBytes) {
    const double value = read_double(text);
    char printed[kDoubleBytes];
    if (std::string_view(printed, write_double(printed, value)) == text) return add_scalar(layout::double_cell(value));
  }
  if (!admit(Role::Value, text.size(), 1, node_bytes(text.size()))) return false;
  cells_.push_back(layout::long_cell(whole ? Form::LongInteger : Form::LongDecimal, text, text.size()));
  return true;
}

bool Builder::string(std::string_view text) {
  if (limit_ != Limit::None) return false;
  if (bytes_ + text.size() + 2 > budget_.bytes) return refuse(Limit::Bytes);
  if (is_utf8(text)) return add_text(text, printed_bytes(text));
  const std::string valid = replace_invalid(text);
  return add_text(valid, printed_bytes(valid));
}

bool Builder::add_text(std::string_view text, std::uint64_t printed) {
  if (!admit(Role::Value, printed, 1, node_bytes(text.size()))) return false;
  cells_.push_back(layout::text_cell(text, printed));
  return true;
}

bool Builder::key(std::string_view name) {
  if (limit_ != Limit::None) return false;
  if (bytes_ + name.size() + 3 > budget_.bytes) return refuse(Limit::Bytes);
  if (is_utf8(name)) return add_name(name, printed_bytes(name));
  const std::string valid = replace_invalid(name);
  return add_name(valid, printed_bytes(valid));
}

bool Builder::key(const Key& key) {
  if (limit_ != Limit::None) return false;
  if (is_too_long_a_name(key.text())) return refuse(Limit::Name);
  if (!admit(Role::Name, key.name().text_bytes(), 0, 0)) return false;
  cells_.push_back(Access::take(Value(key.name())));
  return true;
}

bool Builder::add_name(std::string_view name, std::uint64_t printed) {
  if (limit_ == Limit::None && is_too_long_a_name(name)) return refuse(Limit::Name);
  if (!admit(Role::Name, printed, 0, node_bytes(name.size()))) return false;
  cells_.push_back(name.size() > layout::kInlineBytes ? names_.share(name, printed) : layout::text_cell(name, printed));
  return true;
}

bool Builder::begin_array() { return begin(Form::Array); }

bool Builder::begin_object() { return begin(Form::Object); }

bool Builder::begin(Form form) {
  if (limit_ != Limit::None) return false;
  if (levels_.size() >= std::min<std::size_t>(budget_.depth, limits::kJsonDepth)) return refuse(Limit::Depth);
  if (levels_.empty()) cells_.reserve(kFirstCells);
  if (!admit(Role::Value, 2, 1, sizeof(Node))) return false;
  levels_.push_back({cells_.size(), form, 0, bytes_ - 2, nodes_ - 1});
  return true;
}

bool Builder::end() {
  if (limit_ != Limit::None) return false;
  STEPD_ASSERT(!levels_.empty() && (!in_object() || is_place_for(Role::Name)));
  const Level level = levels_.back();
  const auto count = static_cast<std::uint32_t>(cells_.size() - level.first);
  const std::size_t index = level.form == Form::Object ? layout::index_bytes(count / 2) : 0;
  if (index > budget_.fresh) return refuse(Limit::Fresh);
  budget_.fresh -= index;
  levels_.pop_back();
  if (count == 0) {
    push_container(level, nullptr);
  } else if (level.form == Form::Object) {
    end_object(level);
  } else {
    Node* node = layout::allocate_node(Form::Array, count, sizeof(Cell) * std::size_t{count});
    std::copy_n(cells_.data() + level.first, count, layout::cells_of(node));
    push_container(level, node);
  }
  return true;
}

void Builder::end_object(const Level& level) {
  const auto members = static_cast<std::uint32_t>((cells_.size() - level.first) / 2);
  Node* node = layout::make_object(cells_.data() + level.first, members);
  if (node->size == members) return push_container(level, node);
  // Repeated names are gone: what was counted while they came in is counted anew.
  Level counted = level;
  counted.depth = 0;
  std::uint64_t text = 1;  // each member is followed by a comma or the closing brace
  std::uint64_t nodes = 1;
  for (const Cell *cell = layout::cells_of(node), *end = cell + 2 * std::size_t{node->size}; cell != end; cell += 2) {
    text += std::uint64_t{layout::text_bytes_of(cell[0])} + layout::text_bytes_of(cell[1]) + 2;
    nodes += layout::nodes_of(cell[1]);
    counted.depth = std::max(counted.depth, layout::depth_of(cell[1]));
  }
  bytes_ = level.bytes_before + text;
  nodes_ = level.nodes_before + nodes;
  push_container(counted, node);
}

void Builder::push_container(const Level& level, Node* node) {
  if (node != nullptr) node->nodes = static_cast<std::uint32_t>(nodes_ - level.nodes_before);
  const std::uint32_t depth = level.depth + 1;
  if (!levels_.empty()) levels_.back().depth = std::max(levels_.back().depth, depth);
  cells_.resize(level.first);
  cells_.push_back(layout::container_cell(level.form, node, bytes_ - level.bytes_before, depth));
}

Value Builder::finish() && {
  if (limit_ != Limit::None) return {};
  STEPD_ASSERT(levels_.empty() && cells_.size() == 1);
  const Cell root = cells_.back();
  cells_.clear();
  return Access::adopt(root);
}

namespace {

Value finish_unlimited(Builder&& builder) {
  if (builder.limit() != Limit::None) throw std::length_error(std::string(describe(builder.limit())));
  return std::move(builder).finish();
}

}  // namespace

Value object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  ObjectBuilder writer;
  for (const auto& [name, value] : members) writer.add(name, value);
  return std::move(writer).finish();
}

Value array(std::initializer_list<Value> items) { return array(std::span(items.begin(), items.size())); }

Value array(std::span<const Value> items) {
  Budget budget = Budget::without_limits();
  Builder builder(budget);
  builder.begin_array();
  for (const Value& item : items) builder.add(item);
  builder.end();
  return finish_unlimited(std::move(builder));
}

void ObjectBuilder::add(std::string_view name, Value value) {
  builder_.key(name);
  builder_.add(std::move(value));
}

Value ObjectBuilder::finish() && {
  builder_.end();
  return finish_unlimited(std::move(builder_));
}

}  // namespace stepd
