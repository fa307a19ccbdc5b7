#include "engine/asl/json_fault.h"

#include <cctype>
#include <cstdint>
#include <vector>

namespace stepd::asl {
namespace {

constexpr std::size_t kShownUnits = 500;
constexpr std::size_t kTokenBytes = 256;
constexpr const char* kValues = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Lengths are counted in UTF-16 units, as the Java parser behind AWS counts them.
std::size_t units(unsigned char lead) { return (lead & 0xC0) == 0x80 ? 0 : lead >= 0xF0 ? 2 : 1; }

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<JsonFault> run() {
    blanks();
    bool fine = at_end() ? fail("No content to map due to end-of-input") : value();
    while (fine && !open_.empty()) fine = entry();
    if (fine) {
      blanks();
      if (!at_end()) value();
    }
    return std::move(fault_);
  }

 private:
  struct Level {
    char bracket;
    std::size_t from;
    bool first = true;
  };

  /// One value, or the beginning of a list or object.
  bool value() {
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      open_.push_back({c, at_++});
      return true;
    }
    if (c == '"') return string(false);
    if (c == '-' || is_digit(c)) return number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (c == word[0]) return token(word);
    }
    if (is_word(c)) return unrecognized(at_);
    ++at_;
    return unexpected(c, std::string("expected a valid value ") + kValues);
  }

  /// What comes next within the innermost list or object.
  bool entry() {
    auto& level = open_.back();
    const bool object = level.bracket == '{';
    blanks();
    if (at_end()) return unclosed(level);
    const char c = text_[at_];
    if (c == '}' || c == ']') return close(level, c);
    if (!level.first) {
      ++at_;
      if (c != ',') return unexpected(c, std::string("was expecting comma to separate ") + kind(level) + " entries");
      blanks();
      if (at_end()) return unclosed(level);
    }
    level.first = false;
    if (!object) return value();
    return key() && value();
  }

  bool key() {
    if (text_[at_] != '"') {
      const char c = text_[at_++];
      return unexpected(c, "was expecting double-quote to start field name");
    }
    if (!string(true)) return false;
    blanks();
    if (at_end()) return unclosed(open_.back());
    const char c = text_[at_++];
    if (c != ':') return unexpected(c, "was expecting a colon to separate field name and value");
    blanks();
    return !at_end() || unclosed(open_.back());
  }

  bool close(const Level& level, char c) {
    ++at_;
    const char wanted = level.bracket == '{' ? '}' : ']';
    if (c == wanted) {
      open_.pop_back();
      return true;
    }
    return fail(std::string("Unexpected close marker '") + c + "': expected '" + wanted + "' (for " + kind(level) +
                " starting at " + source(level.from) + ")");
  }

  bool string(bool name) {
    for (++at_; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        ++at_;
        return fail("Illegal unquoted character ((CTRL-CHAR, code " + std::to_string(int{c}) +
                    ")): has to be escaped using backslash to be included in " + (name ? "name" : "string value"));
      }
      if (c == '\\' && !escape()) return false;
    }
    return fail(name ? "Unexpected end-of-input in field name"
                     : "Unexpected end-of-input: was expecting closing quote for a string value");
  }

  bool escape() {
    if (++at_ >= text_.size()) return fail("Unexpected end-of-input in character escape sequence");
    const char c = text_[at_];
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) return true;
    if (c != 'u') {
      ++at_;
      return fail("Unrecognized character escape " + shown(c));
    }
    for (int i = 0; i < 4; ++i) {
      if (++at_ >= text_.size()) return fail("Unexpected end-of-input in character escape sequence");
      if (std::isxdigit(static_cast<unsigned char>(text_[at_])) == 0) {
        const char wrong = text_[at_++];
        return unexpected(wrong, "expected a hex-digit for character escape sequence");
      }
    }
    return true;
  }

  bool number() {
    if (text_[at_] == '-') {
      ++at_;
      if (at_end() || !is_digit(text_[at_]))
        return odd_digit("expected digit (0-9) to follow minus sign, for valid numeric value");
    }
    if (text_[at_] == '0' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) {
      at_ += 2;
      return fail("Invalid numeric value: Leading zeroes not allowed");
    }
    digits();
    if (!at_end() && text_[at_] == '.') {
      ++at_;
      if (at_end() || !is_digit(text_[at_])) return odd_digit("Decimal point not followed by a digit");
      digits();
    }
    if (!at_end() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (!at_end() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (at_end() || !is_digit(text_[at_])) return odd_digit("Exponent indicator not followed by a digit");
      digits();
    }
    return true;
  }

  void digits() {
    while (!at_end() && is_digit(text_[at_])) ++at_;
  }

  bool odd_digit(const std::string& why) {
    if (at_end()) return fail("Unexpected end-of-input in a Number value");
    const char c = text_[at_++];
    return fail("Unexpected character (" + shown(c) + ") in numeric value: " + why);
  }

  bool token(std::string_view word) {
    const auto from = at_;
    for (const char c : word) {
      if (at_end() || text_[at_] != c) return unrecognized(from);
      ++at_;
    }
    return at_end() || !is_word(text_[at_]) || unrecognized(from);
  }

  bool unrecognized(std::size_t from) {
    while (!at_end() && is_word(text_[at_]) && at_ - from < kTokenBytes) ++at_;
    return fail("Unrecognized token '" + std::string(text_.substr(from, at_ - from)) + "': was expecting " + kValues);
  }

  bool unclosed(const Level& level) {
    return fail(std::string("Unexpected end-of-input: expected close marker for ") + kind(level) +
                " (start marker at " + source(level.from) + ")");
  }

  bool unexpected(char c, const std::string& why) { return fail("Unexpected character (" + shown(c) + "): " + why); }

  /// `at_` stands behind what was read last, and so does the column.
  bool fail(std::string message) {
    const auto where = source(at_);
    fault_ = JsonFault{std::move(message), where};
    return false;
  }

  /// `'x' (code 120)`; what begins a longer character is shown whole.
  std::string shown(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) return "(CTRL-CHAR, code " + std::to_string(byte) + ")";
    if (byte < 0x80) return std::string("'") + c + "' (code " + std::to_string(byte) + ")";
    std::size_t end = at_;
    while (end < text_.size() && units(static_cast<unsigned char>(text_[end])) == 0) ++end;
    const auto whole = text_.substr(at_ - 1, end - at_ + 1);
    std::uint32_t code = whole.size() == 2 ? byte & 0x1Fu : whole.size() == 3 ? byte & 0x0Fu : byte & 0x07u;
    for (const char rest : whole.substr(1)) code = code << 6 | (static_cast<unsigned char>(rest) & 0x3Fu);
    return "'" + std::string(whole) + "' (code " + std::to_string(code) + ")";
  }

  static const char* kind(const Level& level) { return level.bracket == '{' ? "Object" : "Array"; }

  std::string source(std::size_t place) const {
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char c : text_.substr(0, place)) {
      if (c == '\n') {
        ++line;
        column = 1;
      } else {
        column += units(static_cast<unsigned char>(c));
      }
    }
    return "[Source: (String)" + snippet() + "; line: " + std::to_string(line) + ", column: " + std::to_string(column) +
           "]";
  }

  std::string snippet() const {
    std::size_t total = 0;
    std::size_t end = text_.size();
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const auto more = units(static_cast<unsigned char>(text_[i]));
      if (total + more > kShownUnits && end == text_.size()) end = i;
      total += more;
    }
    std::string quoted = "\"" + std::string(text_.substr(0, end)) + "\"";
    if (total > kShownUnits) quoted += "[truncated " + std::to_string(total - kShownUnits) + " chars]";
    return quoted;
  }

  bool at_end() const { return at_ >= text_.size(); }
  void blanks() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Level> open_;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) { return Scanner(text).run(); }

std::string execution_input_fault(std::string_view text, const std::string& otherwise) {
  const std::string begin = "Invalid State Machine Execution Input: '";
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return begin + "Invalid execution input.'";
  const auto fault = find_json_fault(text);
  return begin + (fault ? fault->message : otherwise) + "'";
}

}  // namespace stepd::asl
