#include "base/value/parse.h"

#include "base/value/escape.h"
#include "base/value/node.h"
#include "base/value/number.h"
#include "base/value/parse_error.h"

#include <string>

namespace stepd {
namespace {

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

/// The value of four hexadecimal digits, or -1.
int read_hex(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (const char* const last = at + 4; at != last; ++at) {
    const int lower = *at | 0x20;
    const int digit = *at >= '0' && *at <= '9' ? *at - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

void append_utf8(std::string& text, unsigned point) {
  const auto follow = [&](unsigned shift) { text += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      text += static_cast<char>(0xE0 | point >> 12);
    } else {
      text += static_cast<char>(0xF0 | point >> 18);
      follow(12);
    }
    follow(6);
  }
  follow(0);
}

/// The character that a backslash and this letter mean; 0 if none.
char unescape(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
    case '/':
      return letter;
    default:
      return 0;
  }
}

}  // namespace

/// One run over one text. The open arrays and objects are the builder's levels.
class ValueParser {
 public:
  ValueParser(std::string_view text, Budget& budget)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), builder_(budget) {}

  Result<Value> parse() {
    for (Next next = Next::Value; next != Next::End;) {
      if (next == Next::Failure) return AslError{"", std::move(error_)};
      next = next == Next::Value ? read_value() : read_separator();
    }
    return std::move(builder_).finish();
  }

 private:
  enum class Next : std::uint8_t { Value, Separator, End, Failure };
  using Role = Builder::Role;

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  bool is_at(char byte) const { return at_ != end_ && *at_ == byte; }
  std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - text_.data()); }

  /// After something was given to the builder.
  Next go_on(bool added, Next next) {
    if (added) return next;
    error_ = describe(builder_.limit());
    return Next::Failure;
  }
  Next fail(std::string_view context, std::string_view expected) {
    error_ = syntax_error(text_, offset(at_), context, expected);
    return Next::Failure;
  }
  Next fail_token(const char* begin, const char* at, std::string_view what) {
    error_ = token_error(text_, offset(begin), offset(at), what);
    return Next::Failure;
  }

  Next read_value() {
    skip_space();
    if (at_ == end_) return fail_value();
    switch (*at_) {
      case '{':
        return open_object();
      case '[':
        return open_array();
      case '"':
        return read_string(Role::Value);
      case 't':
        return read_literal("true", [this] { return builder_.boolean(true); });
      case 'f':
        return read_literal("false", [this] { return builder_.boolean(false); });
      case 'n':
        return read_literal("null", [this] { return builder_.null(); });
      default:
        return *at_ == '-' || (*at_ >= '0' && *at_ <= '9') ? read_number() : fail_value();
    }
  }
  Next fail_value() { return fail("value", "'[', '{', or a literal"); }

  template <class Add>
  Next read_literal(std::string_view word, Add add) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return fail_value();
    at_ += word.size();
    return go_on(add(), Next::Separator);
  }

  Next open_array() {
    ++at_;
    if (!builder_.begin_array()) return go_on(false, Next::Failure);
    skip_space();
    return is_at(']') ? close() : Next::Value;
  }

  Next open_object() {
    ++at_;
    if (!builder_.begin_object()) return go_on(false, Next::Failure);
    skip_space();
    return is_at('}') ? close() : read_name();
  }

  Next close() {
    ++at_;
    return go_on(builder_.end(), Next::Separator);
  }

  /// After a whole value: what may stand between it and the next, or the end.
  Next read_separator() {
    skip_space();
    if (builder_.levels_.empty()) return at_ == end_ ? Next::End : fail("value", "end of input");
    const bool object = builder_.in_object();
    if (is_at(object ? '}' : ']')) return close();
    if (!is_at(',')) return object ? fail("object", "'}'") : fail("array", "']'");
    ++at_;
    return object ? read_name() : Next::Value;
  }

  /// A member's name and the colon after it.
  Next read_name() {
    skip_space();
    if (!is_at('"')) return fail("object key", "string literal");
    if (read_string(Role::Name) == Next::Failure) return Next::Failure;
    skip_space();
    if (!is_at(':')) return fail("object separator", "':'");
    ++at_;
    return Next::Value;
  }

  Next read_number() {
    const char* const begin = at_;
    const NumberScan scan = scan_number(at_, end_);
    if (scan.expected != nullptr) return fail_token(begin, scan.end, std::string("invalid number; ") + scan.expected);
    const std::string_view number(begin, static_cast<std::size_t>(scan.end - begin));
    if (number.size() > kNumberChars) {
      return fail_token(begin, begin, "a number has more than " + std::to_string(kNumberChars) + " characters");
    }
    if (overflows(number, scan.exponent)) return fail_token(begin, scan.end - 1, "number overflow");
    at_ = scan.end;
    return go_on(builder_.add_number(number, scan.whole), Next::Separator);
  }

  Next add_string(Role role, std::string_view text, std::uint64_t printed) {
    return go_on(role == Role::Name ? builder_.add_name(text, printed) : builder_.add_text(text, printed),
                 Next::Separator);
  }

  Next read_string(Role role) {
    const char* const begin = at_++;
    const char* const first = at_;
    for (;;) {
      at_ = skip_plain(at_, end_);
      if (is_at('"')) break;
      if (is_at('\\')) return read_escaped_string(role, begin);
      if (!skip_sequence(begin)) return Next::Failure;
    }
    const std::string_view text(first, static_cast<std::size_t>(at_++ - first));
    return add_string(role, text, text.size() + 2);
  }

  /// The string has escapes, the first of them here.
  Next read_escaped_string(Role role, const char* begin) {
    unescaped_.assign(begin + 1, at_);
    std::uint64_t printed = unescaped_.size() + 2;
    while (!is_at('"')) {
      const std::size_t known = unescaped_.size();
      const char* const plain = at_;
      if (is_at('\\')) {
        if (!read_escape(begin)) return Next::Failure;
        for (std::size_t i = known; i < unescaped_.size(); ++i) printed += printed_bytes(unescaped_[i]);
        continue;
      }
      at_ = skip_plain(at_, end_);
      if (at_ == plain && !skip_sequence(begin)) return Next::Failure;
      unescaped_.append(plain, at_);
      printed += unescaped_.size() - known;
    }
    ++at_;
    return add_string(role, unescaped_, printed);
  }

  /// Passes one character beyond ASCII; here stands one, or what may not stand in a string.
  bool skip_sequence(const char* begin) {
    if (at_ == end_) return fail_token(begin, at_, "invalid string: missing closing quote") != Next::Failure;
    if (static_cast<unsigned char>(*at_) < 0x20) {
      return fail_token(begin, at_, "invalid string: a control character must be escaped") != Next::Failure;
    }
    const std::size_t length = utf8_sequence(at_, end_);
    if (length == 0) return fail_token(begin, at_, "invalid string: ill-formed UTF-8 byte") != Next::Failure;
    at_ += length;
    return true;
  }

  bool read_escape(const char* begin) {
    const char letter = end_ - at_ < 2 ? '\0' : at_[1];
    if (letter == 'u') return read_unicode_escape(begin);
    const char meant = unescape(letter);
    if (meant == 0) {
      return fail_token(begin, at_ + 1, "invalid string: forbidden character after backslash") != Next::Failure;
    }
    unescaped_ += meant;
    at_ += 2;
    return true;
  }

  bool read_unicode_escape(const char* begin) {
    const auto refuse = [&](std::string_view what) { return fail_token(begin, at_ + 1, what) != Next::Failure; };
    const int unit = read_hex(at_ + 2, end_);
    if (unit < 0) return refuse("invalid string: '\\u' must be followed by 4 hex digits");
    if (is_low_surrogate(unit)) {
      return refuse("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF");
    }
    at_ += 6;
    auto point = static_cast<unsigned>(unit);
    if (is_high_surrogate(unit)) {
      const int low = end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u' ? read_hex(at_ + 2, end_) : -1;
      if (!is_low_surrogate(low)) {
        at_ -= 6;
        return refuse("invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF");
      }
      point = 0x10000 + ((point - 0xD800) << 10) + static_cast<unsigned>(low - 0xDC00);
      at_ += 6;
    }
    append_utf8(unescaped_, point);
    return true;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  Builder builder_;
  std::string unescaped_;
  std::string error_;
};

Result<Value> parse(std::string_view text, Budget& budget) { return ValueParser(text, budget).parse(); }

Result<Value> parse_value(std::string_view text) {
  Budget budget = Budget::without_limits();
  return parse(text, budget);
}

}  // namespace stepd
