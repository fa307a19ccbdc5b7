// JSON text -> value, with the position of every member: nlohmann's SAX parser over an iterator that counts.
#include "base/limits.h"
#include "engine/asl/pointer.h"
#include "engine/asl/source.h"

#include <iterator>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using Positions = std::map<std::string, Position, std::less<>>;

/// Tells how far the parser has read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    auto copy = *this;
    ++*this;
    return copy;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

class Builder {
 public:
  Builder(std::string_view text, const char** furthest, Positions& positions)
      : text_(text), furthest_(furthest), positions_(positions) {}

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
  bool number_float(double value, const std::string&) { return add(Json(value)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto& top = stack_.back();
    if (top.value->contains(name)) return fail("the key '" + name + "' stands twice in this object");
    top.key = name;
    positions_[child_pointer(top.pointer, name)] = position(key_offset());
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    const std::string what = error.what();
    const auto begin = what.find("] ");
    problem_ = begin == std::string::npos ? what : what.substr(begin + 2);
    return false;
  }

  Json take() { return std::move(root_); }
  std::string problem() const { return problem_; }

 private:
  struct Level {
    Json* value;
    std::string pointer;
    std::string key;
  };

  /// Where the value that comes now belongs, and its pointer.
  std::pair<Json*, std::string> place(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return {&root_, ""};
    }
    auto& top = stack_.back();
    if (top.value->is_array()) {
      auto pointer = child_pointer(top.pointer, std::to_string(top.value->size()));
      positions_[pointer] = position(offset());
      top.value->push_back(std::move(value));
      return {&top.value->back(), std::move(pointer)};
    }
    auto pointer = child_pointer(top.pointer, top.key);
    Json& member = (*top.value)[top.key];
    member = std::move(value);
    return {&member, std::move(pointer)};
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (stack_.size() >= static_cast<std::size_t>(limits::kJsonDepth))
      return fail("nested more than " + std::to_string(limits::kJsonDepth) + " levels deep");
    auto [at, pointer] = place(std::move(value));
    stack_.push_back({at, std::move(pointer), {}});
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  bool fail(const std::string& why) {
    const auto at = position(offset());
    problem_ = "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + why;
    return false;
  }

  std::size_t offset() const {
    const auto read = static_cast<std::size_t>(*furthest_ - text_.data());
    return read == 0 ? 0 : read - 1;
  }

  /// The opening quote of the string that has just been read.
  std::size_t key_offset() const {
    auto at = offset();
    while (at > 0) {
      --at;
      if (text_[at] != '"') continue;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - 1 - slashes] == '\\') ++slashes;
      if (slashes % 2 == 0) break;
    }
    return at;
  }

  /// Offsets only grow, so lines are counted once.
  Position position(std::size_t offset) {
    if (offset < counted_) return {line_, static_cast<int>(offset - std::min(offset, line_start_)) + 1};
    for (; counted_ < offset; ++counted_) {
      if (text_[counted_] == '\n') {
        ++line_;
        line_start_ = counted_ + 1;
      }
    }
    return {line_, static_cast<int>(offset - line_start_) + 1};
  }

  std::string_view text_;
  const char** furthest_;
  Positions& positions_;
  Json root_;
  std::vector<Level> stack_;
  std::string problem_;
  std::size_t counted_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

Result<Json> read_json_with_positions(std::string_view text, Positions& positions) {
  const char* furthest = text.data();
  Builder builder(text, &furthest, positions);
  const bool fine = Json::sax_parse(CountingIterator(text.data(), &furthest),
                                    CountingIterator(text.data() + text.size(), &furthest), &builder);
  if (!fine) return AslError{"", builder.problem()};
  return builder.take();
}

}  // namespace stepd::asl
