#include "base/value/print.h"

#include "base/assert.h"
#include "base/limits.h"
#include "base/value/escape.h"
#include "base/value/node.h"
#include "base/value/number.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace stepd {

using layout::Access;
using layout::Cell;
using layout::Form;

namespace {

/// Writes where room for everything is known to be.
class WholeText {
 public:
  explicit WholeText(char* at) : at_(at) {}

  void put(char byte) { *at_++ = byte; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_string(std::string_view text, bool plain) { at_ = write_quoted(at_, text, plain); }
  bool is_full() const { return false; }
  const char* at() const { return at_; }

 private:
  char* at_;
};

/// Keeps a certain number of bytes and then is full.
class TextBeginning {
 public:
  TextBeginning(std::string& out, std::size_t most) : out_(out), left_(most) {}

  void put(char byte) { put(std::string_view(&byte, 1)); }
  void put(std::string_view text) {
    std::size_t size = std::min(text.size(), left_);
    // Not a part of a character: back to where one begins.
    if (size < text.size()) {
      while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    }
    out_.append(text.substr(0, size));
    left_ = size < text.size() ? 0 : left_ - size;
  }
  void put_string(std::string_view text, bool) {
    // One byte more than can be kept shows that the string is cut, and where its last character begins.
    const std::string_view seen = text.substr(0, std::min(text.size(), left_ + 1));
    std::string quoted(6 * seen.size() + 2, '\0');
    quoted.resize(static_cast<std::size_t>(write_quoted(quoted.data(), seen, false) - quoted.data()));
    put(quoted);
  }
  bool is_full() const { return left_ == 0; }

 private:
  std::string& out_;
  std::size_t left_;
};

template <class Out>
void put_scalar(const Cell& cell, Out& out) {
  char buffer[kDoubleBytes];
  switch (layout::form_of(cell)) {
    case Form::Null:
      return out.put("null");
    case Form::Bool:
      return out.put(cell.low != 0 ? "true" : "false");
    case Form::PlainText:
      return out.put_string(layout::text_of(cell), true);
    case Form::EscapedText:
      return out.put_string(layout::text_of(cell), false);
    case Form::LongText: {
      const std::string_view text = layout::text_of(cell);
      return out.put_string(text, layout::text_bytes_of(cell) == text.size() + 2);
    }
    default:
      return out.put(layout::number_text_of(cell, buffer));
  }
}

/// An array or object that is being printed.
struct Opened {
  const Cell* next;
  const Cell* end;
  bool object;
  bool first;
};

template <class Out>
class Printer {
 public:
  explicit Printer(Out& out) : out_(out) {}

  void print(const Cell& root) {
    opened_.reserve(layout::depth_of(root));
    put(root);
    while (!opened_.empty() && !out_.is_full()) {
      Opened& top = opened_.back();
      if (top.next != top.end) {
        put_element(top);
      } else {
        out_.put(top.object ? '}' : ']');
        opened_.pop_back();
      }
    }
  }

 private:
  /// Prints a scalar, opens anything else.
  void put(const Cell& cell) {
    if (!layout::is_container(cell)) return put_scalar(cell, out_);
    const bool object = layout::form_of(cell) == Form::Object;
    out_.put(object ? '{' : '[');
    if (cell.low == 0) return out_.put(object ? '}' : ']');
    const Cell* const first = layout::cells_of(layout::node_of(cell));
    opened_.push_back({first, first + layout::cell_count(*layout::node_of(cell)), object, true});
  }

  void put_element(Opened& top) {
    if (!std::exchange(top.first, false)) out_.put(',');
    if (top.object) {
      put_scalar(*top.next++, out_);
      out_.put(':');
    }
    put(*top.next++);
  }

  Out& out_;
  std::vector<Opened> opened_;
};

}  // namespace

std::size_t print(const Value& value, std::span<char> out) {
  STEPD_ASSERT(out.size() >= value.text_bytes());
  WholeText text(out.data());
  Printer(text).print(Access::cell(value));
  return static_cast<std::size_t>(text.at() - out.data());
}

std::string print(const Value& value) {
  std::string text(value.text_bytes(), '\0');
  print(value, text);
  return text;
}

void print_prefix(const Value& value, std::size_t most, std::string& out) {
  TextBeginning beginning(out, most);
  if (most > 0) Printer(beginning).print(Access::cell(value));
}

std::string print_for_cause(const Value& value) {
  std::string text;
  print_prefix(value, limits::kCauseChars, text);
  return text;
}

}  // namespace stepd
