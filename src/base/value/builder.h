// Builder: builds a Value within the limits of a Budget. Limits are checked before memory is allocated.
#pragma once

#include "base/limits.h"
#include "base/value/name_table.h"
#include "base/value/value.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd {

/// The limit that stopped a builder, a parser or a comparison.
enum class Limit : std::uint8_t { None, Bytes, Depth, Nodes, Fresh, Name, Steps };

/// A sentence without its full stop, for a cause.
std::string_view describe(Limit limit);

/// The limits of one evaluation, shared by all values that it builds. `bytes`, `depth` and `nodes` apply to each value;
/// `fresh` and `steps` are used up. A budget outlives its builders and belongs to one thread.
struct Budget {
  std::uint32_t bytes = limits::kPayloadBytes;  ///< of the text that the value would print
  std::uint32_t depth = limits::kJsonDepth;     ///< never more than limits::kJsonDepth
  std::uint32_t nodes = 1'000'000;              ///< values in the tree
  std::size_t fresh = std::size_t{16} << 20;    ///< bytes that may still be allocated, intermediate values included
  std::size_t steps = 10'000'000;               ///< pairs of values that may still be compared
  Limit reached = Limit::None;                  ///< the limit that was reached last

  /// Only the limits of every Value remain: depth, 4 GiB of text, member names of 50,000 characters.
  static Budget without_limits();
};

/// Values are added in the order of the text. An addition that exceeds a limit answers false and adds nothing, and so
/// do all later ones: a caller may check once, at the end. Additions that are not JSON (a value without a name in an
/// object, an end() too many) are faults of the caller and are asserted.
///
/// If a member name is added several times, the last value counts, at the place of the first, as on AWS. Until the
/// object ends all of them count as bytes.
class Builder {
 public:
  explicit Builder(Budget& budget) : budget_(budget) {}
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder();

  bool add(Value value);
  /// As Value::string().
  bool string(std::string_view text);
  bool integer(std::int64_t value);
  /// As Value::number().
  bool number(double value);
  /// A number in JSON's grammar of at most 1,000 characters. It keeps its digits. Other text, and a number too large
  /// for a double, is a fault of the caller and adds null.
  bool decimal(std::string_view text);
  bool boolean(bool value);
  bool null();

  /// Room for so many values of an array that begins next. It changes nothing but the number of allocations.
  void reserve(std::size_t values) { cells_.reserve(cells_.size() + values); }
  bool begin_array();
  bool begin_object();
  /// The name of the member whose value is added next.
  bool key(std::string_view name);
  bool key(const Key& key);
  /// Of the innermost array or object.
  bool end();

  Limit limit() const { return limit_; }
  /// The value, once it is complete. null if a limit was reached.
  Value finish() &&;

 private:
  friend class ValueParser;

  /// An array or object that has not ended.
  struct Level {
    std::size_t first;  // of its cells
    layout::Form form;
    std::uint32_t depth;         // of its deepest child
    std::uint64_t bytes_before;  // those of the text before it
    std::uint64_t nodes_before;
  };
  enum class Role : std::uint8_t { Value, Name };

  bool begin(layout::Form form);
  bool in_object() const;
  /// Whether so much may be added; charges it if so.
  bool admit(Role role, std::uint64_t text_bytes, std::uint64_t nodes, std::uint64_t memory);
  bool refuse(Limit limit);
  bool add_scalar(const layout::Cell& cell);
  // Text is valid UTF-8 here and prints as `printed` bytes; a number is well-formed and no double is too small for it.
  bool add_text(std::string_view text, std::uint64_t printed);
  bool add_name(std::string_view name, std::uint64_t printed);
  bool add_number(std::string_view text, bool whole);
  void end_object(const Level& level);
  void push_container(const Level& level, layout::Node* node);
  bool is_place_for(Role role) const;

  Budget& budget_;
  std::vector<layout::Cell> cells_;  // of all that has not ended; each holds a reference
  std::vector<Level> levels_;
  layout::NameTable names_;
  std::uint64_t bytes_ = 0;
  std::uint64_t nodes_ = 0;
  Limit limit_ = Limit::None;
};

/// An object of members that the program has chosen itself, without a budget. Throws std::length_error if depth or
/// length exceed the limits of every Value.
Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
Value array(std::initializer_list<Value> items);
Value array(std::span<const Value> items);

/// Builds such an object member by member, where some members are optional.
class ObjectBuilder {
 public:
  ObjectBuilder() { builder_.begin_object(); }
  void add(std::string_view name, Value value);
  /// Throws as object() does.
  Value finish() &&;

 private:
  Budget budget_ = Budget::without_limits();
  Builder builder_{budget_};
};

}  // namespace stepd
