// Value: an immutable JSON value whose copies share its content (ADR 0023). Building, parsing, printing and editing are
// in builder.h, parse.h, print.h and edit.h; node.h describes the layout in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace stepd {

class Key;
class Members;
class Value;

/// Integer: a number written without fraction and exponent, however long. Decimal: any other number.
enum class Kind : std::uint8_t { Null, Bool, Integer, Decimal, String, Array, Object };

namespace layout {
struct Access;
struct Node;
enum class Form : std::uint8_t;
/// The 16 bytes of a handle; node.h explains them.
struct Cell {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool is_shared() const { return ((high >> 59) & 1) != 0 && low != 0; }
};
/// The Kind of each form, four bits each; node.h checks it.
inline constexpr std::uint64_t kKindOfForm = 0x0065'0432'4403'3210;
void retain(const Cell& cell) noexcept;
void release(const Cell& cell) noexcept;
}  // namespace layout

/// A handle of 16 bytes. Copying it increments a reference count and does not copy content. The content does not change
/// once it is built, so copies may be given to other threads; one handle object is used by one thread at a time. A
/// value is nested at most limits::kJsonDepth levels deep, and its text is shorter than 4 GiB.
///
/// References, views and iterators that an accessor returns are valid as long as the handle that it was called on.
class Value {
 public:
  /// null.
  Value() = default;
  Value(const Value& other) noexcept : cell_(other.cell_) {
    if (cell_.is_shared()) layout::retain(cell_);
  }
  Value(Value&& other) noexcept : cell_(std::exchange(other.cell_, layout::Cell())) {}
  Value& operator=(const Value& other) noexcept { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept {
    const Value dropped(std::move(*this));
    cell_ = std::exchange(other.cell_, layout::Cell());
    return *this;
  }
  ~Value() {
    if (cell_.is_shared()) layout::release(cell_);
  }

  static Value null() { return {}; }
  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  /// Printed with the fewest digits that read as `value`, and with ".0" if it is whole. NaN and infinities are a fault
  /// of the caller and give null.
  static Value number(double value);
  /// Bytes that are not UTF-8 become U+FFFD. Throws std::length_error beyond 4 GiB of JSON text.
  static Value string(std::string_view text);
  static Value empty_array();
  static Value empty_object();

  Kind kind() const { return static_cast<Kind>((layout::kKindOfForm >> (4 * ((cell_.high >> 56) & 15))) & 15); }
  bool is_null() const { return kind() == Kind::Null; }
  bool is_bool() const { return kind() == Kind::Bool; }
  bool is_number() const { return kind() == Kind::Integer || kind() == Kind::Decimal; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_object() const { return kind() == Kind::Object; }

  // On a value of another kind, each of these answers false, 0, none or something empty.
  bool boolean() const;
  /// The view may point into the handle itself, so it is invalid once the handle is moved.
  std::string_view string() const&;
  std::string_view string() const&& = delete;
  /// Of Kind::Integer, if it fits; -0 is 0.
  std::optional<std::int64_t> integer() const;
  /// The nearest double; always finite.
  double number() const;
  /// The digits as they were read; otherwise as number() and integer() print.
  std::string number_text() const;

  /// Items of an array, members of an object.
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::span<const Value> items() const&;
  std::span<const Value> items() const&& = delete;
  /// An item of an array; `index` is below size().
  const Value& operator[](std::size_t index) const;
  /// A member of an object, or nothing.
  const Value* find(std::string_view name) const;
  const Value* find(const Key& key) const;
  /// Of an object, in order; each name stands once.
  Members members() const&;
  Members members() const&& = delete;

  // All three in constant time.
  /// Bytes of the compact text that print() makes.
  std::uint32_t text_bytes() const;
  /// Levels of nesting: 0 for a scalar, 1 for [].
  std::uint32_t depth() const;
  /// Values in the tree, this one included. A shared one counts each time it occurs.
  std::uint32_t nodes() const;

  /// Whether both handles refer to the same content; scalars and short strings also do if they are represented alike.
  /// If false, the values may still be equal.
  bool same(const Value& other) const { return cell_.low == other.cell_.low && cell_.high == other.cell_.high; }

 private:
  friend struct layout::Access;
  explicit Value(const layout::Cell& cell) : cell_(cell) {}

  layout::Cell cell_;
};

/// Numbers are compared by value, members in any order. Takes time proportional to the smaller tree; compare.h has a
/// version with a budget.
bool operator==(const Value& a, const Value& b);

/// A member name prepared for find(): its hash is computed once. Compiled paths keep these. Thread: any.
class Key {
 public:
  /// Bytes that are not UTF-8 become U+FFFD.
  explicit Key(std::string_view name);

  std::string_view text() const { return name_.string(); }
  const Value& name() const { return name_; }
  std::uint64_t hash() const { return hash_; }

 private:
  Value name_;
  std::uint64_t hash_;
};

struct Member {
  std::string_view key;
  const Value& value;
};

/// The members of an object, for range-for.
class Members {
 public:
  class Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(const Value* pair) : pair_(pair) {}
    Member operator*() const { return {pair_[0].string(), pair_[1]}; }
    Iterator& operator++() {
      pair_ += 2;
      return *this;
    }
    Iterator operator++(int) { return std::exchange(*this, Iterator(pair_ + 2)); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Value* pair_ = nullptr;
  };

  /// `first` is the name of the first member; names and values alternate.
  Members(const Value* first, std::size_t size) : first_(first), size_(size) {}

  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(first_ + 2 * size_); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Member operator[](std::size_t index) const { return {first_[2 * index].string(), first_[2 * index + 1]}; }

 private:
  const Value* first_;
  std::size_t size_;
};

}  // namespace stepd
