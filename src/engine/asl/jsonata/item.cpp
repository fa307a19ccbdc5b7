#include "engine/asl/jsonata/item.h"

#include "base/limits.h"
#include "base/value/escape.h"
#include "engine/asl/jsonata/syntax.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata {

namespace {

constexpr std::uint64_t kSlotBytes = 8;  // what AWS charges for a number
constexpr std::uint64_t kMemberBytes = 16;
constexpr std::size_t kIndexEntriesAbove = 12;

std::uint64_t cost_of(const Item& item) { return kSlotBytes + (item.is_string() ? item.text().size() : 0); }

void raise_depth(Counted& node, const Item& child) {
  const std::uint32_t depth = child.depth() + 1;
  if (depth > limits::kJsonDepth) node.meter.fail_depth();
  node.depth = std::max<std::uint16_t>(node.depth, static_cast<std::uint16_t>(depth));
}

void destroy(Counted* node) {
  switch (node->type) {
    case Counted::Type::Text:
      delete static_cast<Text*>(node);
      break;
    case Counted::Type::List:
      delete static_cast<List*>(node);
      break;
    case Counted::Type::Map:
      delete static_cast<Map*>(node);
      break;
    case Counted::Type::Function:
      delete static_cast<Function*>(node);
      break;
    case Counted::Type::Tuples:
      delete static_cast<Tuples*>(node);
      break;
    case Counted::Type::Frame:
      delete static_cast<Frame*>(node);
      break;
  }
}

}  // namespace

void dispose(Counted* node) noexcept { node->meter.add_dead(node); }

void Meter::add_dead(Counted* node) noexcept {
  node->next_dead = dead_;
  dead_ = node;
  if (freeing_) return;  // the loop below goes on with it
  freeing_ = true;
  while (dead_ != nullptr) {
    Counted* const first = dead_;
    dead_ = first->next_dead;
    refund(first->charged);
    destroy(first);
  }
  freeing_ = false;
}

Meter::~Meter() {
  while (frames_ != nullptr) {
    const Ref<Frame> frame(frames_);
    remove_frame(*frame);
    frame->clear();
  }
}

void Meter::add_frame(Frame& frame) {
  frame.next_frame = frames_;
  if (frames_ != nullptr) frames_->previous_frame = &frame;
  frames_ = &frame;
}

void Meter::remove_frame(Frame& frame) noexcept {
  if (frame.previous_frame != nullptr) {
    frame.previous_frame->next_frame = frame.next_frame;
  } else if (frames_ == &frame) {
    frames_ = frame.next_frame;
  }
  if (frame.next_frame != nullptr) frame.next_frame->previous_frame = frame.previous_frame;
  frame.next_frame = frame.previous_frame = nullptr;
}

void Meter::fail_depth() const {
  Failure failure("");
  failure.bound = Bound::Depth;
  failure.message =
      "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. "
      "Depth=" +
      std::to_string(bounds_.depth + 1) + " max=" + std::to_string(bounds_.depth);
  throw failure;
}

void Meter::fail_steps() const {
  Failure failure("");
  failure.bound = Bound::Steps;
  failure.message = "Expression evaluation timeout: Check for infinite loop";
  throw failure;
}

void Meter::fail_memory() const {
  Failure failure("");
  failure.bound = Bound::Memory;
  failure.message = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
  throw failure;
}

void Meter::check_string(std::uint64_t bytes) const {
  if (bytes > bounds_.string_bytes || used_ + bytes > bounds_.memory) fail_memory();
}

void Meter::check_list(std::uint64_t items) const {
  if (items > bounds_.list_items || used_ + items * kSlotBytes > bounds_.memory) fail_memory();
}

Item Item::string(std::string text, Meter& meter) {
  meter.check_string(text.size());
  if (is_utf8(text)) return Item(Value::string(text));
  join_surrogates(text);
  if (is_utf8(text)) return Item(Value::string(text));
  return {Tag::Text, new Text(std::move(text), meter)};
}

Item Item::find(const Key& key) const {
  if (tag_ == Tag::Json) {
    const Value* found = json().find(key);
    return found == nullptr ? Item() : part(*found);
  }
  if (tag_ != Tag::Map) return {};
  const Map::Entry* found = map().find(key);
  return found == nullptr ? Item() : found->value;
}

Item Item::find(std::string_view name) const {
  if (tag_ == Tag::Json) {
    const Value* found = json().find(name);
    return found == nullptr ? Item() : part(*found);
  }
  return tag_ == Tag::Map ? find(Key(name)) : Item();
}

std::uint32_t Item::depth() const {
  if (tag_ == Tag::Json) return json().depth();
  return tag_ > Tag::Json ? node_->depth : 0;
}

bool Item::identical(const Item& other) const {
  if (is_number()) return other.is_number() && number() == other.number();
  if (is_string()) return other.is_string() && text() == other.text();
  if (tag_ != other.tag_) return false;
  if (tag_ == Tag::Json) {
    if (is_bool()) return other.is_bool() && boolean() == other.boolean();
    if (is_null()) return other.is_null();
    return json().size() > 0 && json().same(other.json());  // empty ones are all represented alike
  }
  return tag_ == Tag::Native ? native_ == other.native_ : tag_ > Tag::Json && node_ == other.node_;
}

void List::push(Item item) {
  if (items.size() >= meter.bounds().list_items) meter.check_list(items.size() + 1);
  raise_depth(*this, item);
  const std::uint64_t cost = cost_of(item);
  meter.charge(cost);
  charged += cost;
  items.push_back(std::move(item));
}

void List::push_all(const Item& item) {
  if (item.is_array()) reserve(items.size() + item.size());
  for_each(item, [&](Item&& each) { push(std::move(each)); });
}

void List::reserve(std::size_t size) {
  meter.check_list(size);
  if (size > items.capacity()) items.reserve(std::max(size, items.size() * 2));
}

const Map::Entry* Map::find(const Key& name) const {
  if (slots_.empty()) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.name.text() == name.text(); });
    return found == entries.end() ? nullptr : &*found;
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = name.hash() & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = entries[slots_[at] - 1];
    if (entry.name.hash() == name.hash() && entry.name.text() == name.text()) return &entry;
  }
  return nullptr;
}

void Map::set(const Key& name, Item value) {
  const Entry* found = find(name);
  if (found == nullptr) return add(name, std::move(value));
  raise_depth(*this, value);
  const std::uint64_t cost = cost_of(value);
  meter.charge(cost);
  charged += cost;
  entries[static_cast<std::size_t>(found - entries.data())].value = std::move(value);
}

void Map::add(const Key& name, Item value) {
  raise_depth(*this, value);
  const std::uint64_t cost = kMemberBytes + name.text().size() + cost_of(value);
  meter.charge(cost);
  charged += cost;
  entries.push_back({name, std::move(value)});
  if (entries.size() <= kIndexEntriesAbove) return;
  if (entries.size() * 2 > slots_.size()) return reindex();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = name.hash() & mask;
  while (slots_[at] != 0) at = (at + 1) & mask;
  slots_[at] = static_cast<std::uint32_t>(entries.size());
}

void Map::erase(std::string_view name) {
  std::erase_if(entries, [&](const Entry& entry) { return entry.name.text() == name; });
  slots_.clear();
  if (entries.size() > kIndexEntriesAbove) reindex();
}

void Map::reindex() {
  std::size_t size = 32;
  while (size < entries.size() * 4) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t at = entries[i].name.hash() & (size - 1);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

Frame::Frame(Meter& owner, const Scope& frame_scope, Ref<Frame> enclosing)
    : Counted(Type::Frame, owner), scope(frame_scope), parent(std::move(enclosing)) {
  slots.assign(scope.names.size(), Item(Tag::Unset));
  owner.add_frame(*this);
}

Frame::~Frame() { meter.remove_frame(*this); }

void Frame::set(std::size_t slot, Item item) {
  const std::uint64_t cost = cost_of(item);
  meter.charge(cost);
  charged += cost;
  const Item old = std::exchange(slots[slot], std::move(item));
  if (old.tag() != Tag::Unset) {
    charged -= cost_of(old);
    meter.refund(cost_of(old));
  }
}

void Frame::clear() {
  slots.clear();
  parent = Ref<Frame>();
}

void Tuples::push(Tuple tuple) {
  const std::uint64_t cost = kSlotBytes * (2 + tuple.slots.size());
  meter.charge(cost);
  charged += cost;
  tuples.push_back(std::move(tuple));
}

}  // namespace stepd::jsonata
