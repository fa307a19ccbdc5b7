// Item: what an expression works with while it is evaluated: JSON values that are shared with the outside, and what
// only exists inside, such as sequences, functions and numbers that are not finite. All of one evaluation belongs to
// its Meter and to one thread.
#pragma once

#include "base/value/value.h"
#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/stack_mark.h"

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::jsonata {

class Item;
class Meter;
struct Native;
struct Node;
struct Scope;
class Regex;

/// What Items share: counted, and owned by the Meter.
struct Counted {
  enum class Type : std::uint8_t { Text, List, Map, Function, Tuples, Frame };

  Counted(Type counted_type, Meter& owner) : type(counted_type), meter(owner) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  std::uint32_t count = 0;
  Type type;
  std::uint16_t depth = 0;  ///< levels of nesting, as those of a Value
  Meter& meter;
  Counted* next_dead = nullptr;
  std::uint64_t charged = 0;  ///< bytes that are given back to the meter at its end
};

/// Frees without recursion.
void dispose(Counted* node) noexcept;
inline void retain(Counted* node) { ++node->count; }
inline void release(Counted* node) noexcept {
  if (--node->count == 0) dispose(node);
}

template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* node) : node_(node) {
    if (node_ != nullptr) retain(node_);
  }
  Ref(const Ref& other) : Ref(other.node_) {}
  Ref(Ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Ref() {
    if (node_ != nullptr) release(node_);
  }
  T* get() const { return node_; }
  T* operator->() const { return node_; }
  T& operator*() const { return *node_; }
  explicit operator bool() const { return node_ != nullptr; }

 private:
  T* node_ = nullptr;
};

struct Text;
struct List;
struct Map;
struct Function;
struct Tuples;

enum class Tag : std::uint8_t {
  Undefined,
  Unset,     // a variable that is not bound yet; never a result
  TailCall,  // a call that the caller is to make; never a result
  Number,
  Native,  // a built-in function
  Json,
  Text,  // from here on a Counted; a string that is no UTF-8
  List,
  Map,
  Function,
  Tuples,
};

class Item {
 public:
  /// Of an array: a sequence collapses if it has one item or none, unless it is kept; a constructed array of a path is
  /// not flattened; the outer one is what an input that is an array is wrapped into. Of a function: it came as an
  /// argument.
  enum Flag : std::uint8_t { kSequence = 1, kKeep = 2, kConstructed = 4, kOuter = 8, kWrapped = 16 };

  Item() noexcept : tag_(Tag::Undefined) { number_ = 0; }
  explicit Item(Tag tag) noexcept : tag_(tag) { number_ = 0; }
  explicit Item(Value value) noexcept : tag_(Tag::Json) { new (&json_) Value(std::move(value)); }
  /// A value that outlives the evaluation, such as its input and what the input consists of. Copies of the Item do not
  /// count references, which are atomic.
  static Item borrowed(const Value& value) noexcept {
    Item item(Tag::Json);
    item.borrowed_ = true;
    item.lent_ = &value;
    return item;
  }
  explicit Item(const Native& native) noexcept : tag_(Tag::Native) { native_ = &native; }
  Item(Tag tag, Counted* node, std::uint8_t flags = 0) noexcept : tag_(tag), flags_(flags) {
    node_ = node;
    retain(node);
  }
  template <class T>
  Item(Tag tag, const Ref<T>& node, std::uint8_t flags = 0) noexcept : Item(tag, node.get(), flags) {}
  Item(const Item& other) noexcept : tag_(other.tag_), flags_(other.flags_), borrowed_(other.borrowed_) {
    if (owns_json()) {
      new (&json_) Value(other.json_);
    } else {
      number_ = other.number_;
      if (tag_ > Tag::Json) retain(node_);
    }
  }
  Item(Item&& other) noexcept { take(other); }
  Item& operator=(const Item& other) noexcept { return *this = Item(other); }
  Item& operator=(Item&& other) noexcept {
    // What the Item held is dropped last, since it may be what `other` is a part of.
    Item taken(std::move(other));
    const Item dropped(std::move(*this));
    take(taken);
    return *this;
  }
  ~Item() {
    if (tag_ >= Tag::Json && !borrowed_) drop();
  }

  static Item number(double value) noexcept {
    Item item(Tag::Number);
    item.number_ = value;
    return item;
  }
  static Item boolean(bool value) { return Item(Value::boolean(value)); }
  /// UTF-8, or with lone surrogates.
  static Item string(std::string text, Meter& meter);

  Tag tag() const { return tag_; }
  std::uint8_t flags() const { return flags_; }
  bool has(Flag flag) const { return (flags_ & flag) != 0; }
  Item with_flags(std::uint8_t flags) && {
    flags_ = flags;
    return std::move(*this);
  }
  void set_flags(std::uint8_t flags) { flags_ = flags; }

  bool is_undefined() const { return tag_ == Tag::Undefined; }
  bool is_json() const { return tag_ == Tag::Json; }
  bool is_null() const { return tag_ == Tag::Json && json().is_null(); }
  bool is_bool() const { return tag_ == Tag::Json && json().is_bool(); }
  bool is_number() const { return tag_ == Tag::Number || (tag_ == Tag::Json && json().is_number()); }
  bool is_string() const { return tag_ == Tag::Text || (tag_ == Tag::Json && json().is_string()); }
  bool is_array() const { return tag_ == Tag::List || (tag_ == Tag::Json && json().is_array()); }
  bool is_object() const { return tag_ == Tag::Map || (tag_ == Tag::Json && json().is_object()); }
  bool is_function() const { return tag_ == Tag::Native || tag_ == Tag::Function; }
  bool is_sequence() const { return (flags_ & kSequence) != 0; }

  const Value& json() const { return borrowed_ ? *lent_ : json_; }
  /// A value within json(), which lives as long.
  Item part(const Value& value) const { return borrowed_ ? borrowed(value) : Item(value); }
  double number() const { return tag_ == Tag::Number ? number_ : tag_ == Tag::Json ? json().number() : 0; }
  bool boolean() const { return tag_ == Tag::Json && json().boolean(); }
  /// The view may point into the Item.
  std::string_view text() const&;
  const Native& native() const { return *native_; }
  List& list() const;
  Map& map() const;
  Function& function() const;
  Tuples& tuples() const;
  Counted* node() const { return tag_ > Tag::Json ? node_ : nullptr; }

  /// Items of an array, members of an object; otherwise 0.
  std::size_t size() const;
  /// An item of an array.
  Item at(std::size_t index) const;
  /// A member of an object; undefined if there is none.
  Item find(const Key& key) const;
  Item find(std::string_view name) const;
  std::uint32_t depth() const;

  /// JavaScript's ===.
  bool identical(const Item& other) const;

 private:
  bool owns_json() const { return tag_ == Tag::Json && !borrowed_; }
  /// Takes over the bytes, whatever they are, and leaves undefined behind.
  void take(Item& other) noexcept {
    std::memcpy(static_cast<void*>(&json_), static_cast<const void*>(&other.json_), sizeof(Value));
    tag_ = std::exchange(other.tag_, Tag::Undefined);
    flags_ = std::exchange(other.flags_, std::uint8_t{0});
    borrowed_ = std::exchange(other.borrowed_, false);
  }
  void drop() noexcept {
    if (tag_ == Tag::Json) {
      json_.~Value();
    } else {
      release(node_);
    }
  }

  union {
    Value json_;
    const Value* lent_;
    double number_;
    const Native* native_;
    Counted* node_;
  };
  Tag tag_;
  std::uint8_t flags_ = 0;
  bool borrowed_ = false;
};

/// Of a call.
using Arguments = boost::container::small_vector<Item, 4>;

struct Text : Counted {
  Text(std::string text, Meter& owner) : Counted(Type::Text, owner), bytes(std::move(text)) {}
  std::string bytes;
};

struct List : Counted {
  explicit List(Meter& owner) : Counted(Type::List, owner) {}
  /// Charges it. The list is not nested more deeply than a JSON value may be.
  void push(Item item);
  /// The items of an array, or the item.
  void push_all(const Item& item);
  void reserve(std::size_t size);
  std::vector<Item> items;
};

struct Map : Counted {
  struct Entry {
    Key name;
    Item value;
  };
  explicit Map(Meter& owner) : Counted(Type::Map, owner) {}
  /// Replaces one of the same name, at its place.
  void set(const Key& name, Item value);
  /// One whose name is not there yet.
  void add(const Key& name, Item value);
  void erase(std::string_view name);
  const Entry* find(const Key& name) const;
  std::vector<Entry> entries;

 private:
  void reindex();
  std::vector<std::uint32_t> slots_;  // positions + 1 by hash, once there are many entries; a power of two
};

/// Variables of a block, a call or a tuple. `slots` has one item for each name of the scope.
struct Frame : Counted {
  Frame(Meter& owner, const Scope& frame_scope, Ref<Frame> enclosing);
  ~Frame();
  void set(std::size_t slot, Item item);
  void clear();

  const Scope& scope;
  Ref<Frame> parent;
  boost::container::small_vector<Item, 2> slots;
  // All frames of an evaluation are linked, so that cycles of closures can be cut at its end.
  Frame* previous_frame = nullptr;
  Frame* next_frame = nullptr;
};

struct Function : Counted {
  enum class Kind : std::uint8_t { Lambda, PartialLambda, PartialNative, Transform, Regex, NextMatch, Chain };
  Function(Meter& owner, Kind function_kind) : Counted(Type::Function, owner), kind(function_kind) {}

  Kind kind;
  const Node* node = nullptr;      // Lambda, Transform, Regex
  const Native* native = nullptr;  // PartialNative
  const Regex* regex = nullptr;    // Regex, NextMatch
  std::uint32_t position = 0;      // of the regex
  std::size_t from = 0;            // NextMatch: bytes
  Ref<Frame> frame;                // Lambda, Transform
  Item input;                      // Lambda; NextMatch: the text
  std::vector<Item> captured;      // arguments, Unset where one is still open; Chain: the two functions
};

/// A stream of contexts with the variables that `@`, `#` and `%` have bound on the way.
struct Tuples : Counted {
  struct Tuple {
    Item context;
    std::vector<Item> slots;
  };
  Tuples(Meter& owner, const Scope& names) : Counted(Type::Tuples, owner), scope(&names) {}
  void push(Tuple tuple);
  const Scope* scope;
  std::vector<Tuple> tuples;
};

inline std::string_view Item::text() const& {
  return tag_ == Tag::Text   ? std::string_view(static_cast<Text*>(node_)->bytes)
         : tag_ == Tag::Json ? json().string()
                             : std::string_view();
}
inline List& Item::list() const { return *static_cast<List*>(node_); }
inline Map& Item::map() const { return *static_cast<Map*>(node_); }
inline Function& Item::function() const { return *static_cast<Function*>(node_); }
inline Tuples& Item::tuples() const { return *static_cast<Tuples*>(node_); }
inline std::size_t Item::size() const {
  if (tag_ == Tag::Json) return json().size();
  if (tag_ == Tag::List) return list().items.size();
  return tag_ == Tag::Map ? map().entries.size() : 0;
}
inline Item Item::at(std::size_t index) const {
  return tag_ == Tag::Json ? part(json()[index]) : Item(list().items[index]);
}

/// The limits of one evaluation and what is used of them.
class Meter {
 public:
  explicit Meter(const Bounds& bounds) : bounds_(bounds) {}
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  /// Cuts all cycles. No Item of the evaluation is used afterwards.
  ~Meter();

  const Bounds& bounds() const { return bounds_; }
  void step(std::uint64_t count = 1) {
    steps_ += count;
    if (steps_ > bounds_.steps) fail_steps();
  }
  /// Before the memory is taken.
  void charge(std::uint64_t bytes) {
    if (used_ + bytes > bounds_.memory) fail_memory();
    used_ += bytes;
  }
  void refund(std::uint64_t bytes) noexcept { used_ -= bytes; }
  /// Whether a string of so many bytes may be built now.
  void check_string(std::uint64_t bytes) const;
  void check_list(std::uint64_t items) const;
  [[noreturn]] void fail_depth() const;

  void add_frame(Frame& frame);
  void remove_frame(Frame& frame) noexcept;
  void add_dead(Counted* node) noexcept;

  const StackMark stack;
  std::uint32_t depth = 0;
  /// Built-in functions that are running: as what they call may end in a call of another, they can be nested without
  /// the depth.
  std::uint32_t running = 0;

 private:
  [[noreturn]] void fail_steps() const;
  [[noreturn]] void fail_memory() const;

  const Bounds bounds_;
  std::uint64_t steps_ = 0;
  std::uint64_t used_ = 0;
  Frame* frames_ = nullptr;
  Counted* dead_ = nullptr;
  bool freeing_ = false;
};

inline Ref<List> new_list(Meter& meter) { return Ref<List>(new List(meter)); }
inline Item sequence_of(const Ref<List>& list, std::uint8_t more = 0) {
  return {Tag::List, list, static_cast<std::uint8_t>(Item::kSequence | more)};
}
inline Item array_of(const Ref<List>& list) { return {Tag::List, list}; }

/// Calls `each(Item)` for the items of an array, or for the item itself.
template <class Each>
void for_each(const Item& items, const Each& each) {
  if (items.tag() == Tag::List) {
    // An index, as the list may grow meanwhile.
    for (std::size_t i = 0; i < items.list().items.size(); ++i) each(Item(items.list().items[i]));
  } else if (items.is_array()) {
    for (const Value& value : items.json().items()) each(items.part(value));
  } else {
    each(Item(items));
  }
}

/// Calls `each(std::string_view name, Item)` for the members of an object.
template <class Each>
void for_each_member(const Item& object, const Each& each) {
  if (object.tag() == Tag::Map) {
    for (std::size_t i = 0; i < object.map().entries.size(); ++i) {
      const Map::Entry entry = object.map().entries[i];
      each(entry.name.text(), entry.value);
    }
  } else if (object.is_object()) {
    for (const Member member : object.json().members()) each(member.key, object.part(member.value));
  }
}

}  // namespace stepd::jsonata
