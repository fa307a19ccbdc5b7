// JSON text -> value, with the position of every member: nlohmann's SAX parser over an iterator that counts.
#include "base/alien_byte.h"
#include "base/json_pointer.h"
#include "base/limits.h"
#include "base/long_integer.h"
#include "engine/asl/source.h"

#include <iterator>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

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
  Builder(std::string_view text, const char** furthest, Place& root)
      : text_(text), furthest_(furthest), root_place_(root) {}

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
  bool number_float(double value, const std::string& text) { return add(json_number(value, text)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto& top = stack_.back();
    const auto [at, fresh] = top.place->members.try_emplace(name);
    if (!fresh) return fail("the key '" + name + "' stands twice in this object", key_offset());
    at->second.position = position(key_offset());
    top.member = &at->second;
    // Appended, not looked up: the tree of places has just shown that it is new.
    top.value->get_ref<Json::object_t&>().emplace_back(name, Json());
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    const std::string what = error.what();
    const auto begin = what.find("] ");
    problem_ = begin == std::string::npos ? what : what.substr(begin + 2);
    if (!problem_.starts_with("parse error at line")) fail(problem_, offset());
    return false;
  }

  Json take() { return std::move(root_); }
  std::string problem() const { return problem_; }

 private:
  struct Level {
    Json* value;
    Place* place;
    Place* member;  ///< of the key that was read last
  };

  /// Puts a value where it belongs; answers where that is.
  Level put(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return {&root_, &root_place_, nullptr};
    }
    auto& top = stack_.back();
    if (top.value->is_array()) {
      auto& place = top.place->members[std::to_string(top.value->size())];
      place.position = position(value_offset());
      top.value->push_back(std::move(value));
      return {&top.value->back(), &place, nullptr};
    }
    Json& member = top.value->get_ref<Json::object_t&>().back().second;
    member = std::move(value);
    return {&member, top.member, nullptr};
  }

  bool add(Json value) {
    put(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (stack_.size() >= static_cast<std::size_t>(limits::kJsonDepth))
      return fail("nested more than " + std::to_string(limits::kJsonDepth) + " levels deep", offset());
    stack_.push_back(put(std::move(value)));
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  bool fail(const std::string& why, std::size_t where) {
    const auto at = position(where);
    problem_ = "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + why;
    return false;
  }

  std::size_t offset() const {
    const auto read = static_cast<std::size_t>(*furthest_ - text_.data());
    return read == 0 ? 0 : read - 1;
  }

  /// The first character of the list item that has just been read: what follows the '[' or ',' before it.
  std::size_t value_offset() const {
    auto at = offset();
    const char last = text_[at];
    if (last == '[' || last == '{') return at;
    if (last == '"') return key_offset();
    // A number ends where the parser looked one character too far; a word ends with its last letter.
    const auto is_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+' || c == '.';
    };
    if (!is_word(last) && at > 0) --at;
    while (at > 0 && is_word(text_[at - 1])) --at;
    return at;
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
  Place& root_place_;
  Json root_;
  std::vector<Level> stack_;
  std::string problem_;
  std::size_t counted_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

Result<Json> read_json_with_places(std::string_view text, Place& root) {
  if (auto alien = find_alien_byte(text)) return AslError{"", *std::move(alien)};
  const char* furthest = text.data();
  Builder builder(text, &furthest, root);
  const bool fine = Json::sax_parse(CountingIterator(text.data(), &furthest),
                                    CountingIterator(text.data() + text.size(), &furthest), &builder);
  if (!fine) return AslError{"", builder.problem()};
  return builder.take();
}

}  // namespace stepd::asl
