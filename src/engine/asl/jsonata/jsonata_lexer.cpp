#include "engine/asl/jsonata/jsonata_lexer.h"

#include "base/encoding.h"
#include "base/value/number.h"
#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/text_units.h"

#include <array>
#include <cmath>

namespace stepd::jsonata {

namespace {

constexpr std::string_view kBlanks = " \t\n\r\v";
constexpr std::string_view kOperators = ".[]{}(),@#;:?+-*/%|=<>^&!~";
constexpr std::array<std::string_view, 7> kPairs{"..", ":=", "!=", ">=", "<=", "**", "~>"};

bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Token Lexer::make(TokenType type, std::string text) const {
  Token token;
  token.type = type;
  token.text = std::move(text);
  token.position = here();
  return token;
}

void Lexer::skip_blanks() {
  while (true) {
    while (position_ < text_.size() && kBlanks.find(text_[position_]) != std::string_view::npos) ++position_;
    if (at(position_) != '/' || at(position_ + 1) != '*') return;
    const std::size_t end = text_.find("*/", position_ + 2);
    if (end == std::string_view::npos) throw Failure("S0106", here());
    position_ = end + 2;
  }
}

Token Lexer::next(bool after_operand) {
  skip_blanks();
  if (position_ >= text_.size()) return make(TokenType::End, "(end)");
  const char first = text_[position_];
  if (first == '/' && !after_operand) return read_regex();
  for (const auto pair : kPairs) {
    if (text_.substr(position_, 2) != pair) continue;
    position_ += 2;
    return make(TokenType::Operator, std::string(pair));
  }
  if (kOperators.find(first) != std::string_view::npos) {
    ++position_;
    return make(TokenType::Operator, std::string(1, first));
  }
  if (first == '"' || first == '\'') return read_string(first);
  if (is_digit_char(first)) return read_number();
  return first == '`' ? read_quoted_name() : read_name();
}

Token Lexer::read_string(char quote) {
  std::string out;
  for (++position_; position_ < text_.size(); ++position_) {
    const char c = text_[position_];
    if (c == quote) {
      ++position_;
      join_surrogates(out);
      return make(TokenType::String, std::move(out));
    }
    if (c == '\\') {
      ++position_;
      read_escape(out);
    } else {
      out += c;
    }
  }
  throw Failure("S0101", static_cast<std::uint32_t>(text_.size()));
}

void Lexer::read_escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (position_ >= text_.size()) throw Failure("S0103", here()).with_token("");
  const char c = text_[position_];
  const auto simple = kNames.find(c);
  if (simple != std::string_view::npos) {
    out += kMeanings[simple];
    return;
  }
  if (c != 'u') {
    std::size_t end = position_;
    next_code_point(text_, end);
    throw Failure("S0103", here()).with_token(text_.substr(position_, end - position_));
  }
  char32_t code_unit = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    const auto digit = hex_value(at(position_ + i));
    if (!digit) throw Failure("S0104", here());
    code_unit = code_unit * 16 + *digit;
  }
  append_code_point(out, code_unit);
  position_ += 4;
}

Token Lexer::read_number() {
  const std::size_t begin = position_;
  std::size_t end = begin;
  const auto skip = [&] {
    while (is_digit_char(at(end))) ++end;
  };
  if (at(end) == '0') {
    ++end;
  } else {
    skip();
  }
  if (at(end) == '.' && is_digit_char(at(end + 1))) {
    ++end;
    skip();
  }
  if (at(end) == 'e' || at(end) == 'E') {
    const std::size_t power = end + (at(end + 1) == '+' || at(end + 1) == '-' ? 2 : 1);
    if (is_digit_char(at(power))) {
      end = power;
      skip();
    }
  }
  const auto digits = text_.substr(begin, end - begin);
  const double value = read_double(digits);
  if (std::isinf(value)) throw Failure("S0102", here()).with_token(digits);
  position_ = end;
  Token token = make(TokenType::Number, std::string(digits));
  token.number = value;
  return token;
}

Token Lexer::read_regex() {
  const std::size_t begin = ++position_;
  int brackets = 0;
  for (; position_ < text_.size(); ++position_) {
    const char c = text_[position_];
    std::size_t backslashes = 0;
    while (backslashes < position_ - begin + 1 && at(position_ - 1 - backslashes) == '\\') ++backslashes;
    if (c == '/' && brackets == 0 && backslashes % 2 == 0) {
      const auto pattern = text_.substr(begin, position_ - begin);
      if (pattern.empty()) throw Failure("S0301", here());
      bool ignore_case = false;
      bool multiline = false;
      for (++position_; at(position_) == 'i' || at(position_) == 'm'; ++position_) {
        (text_[position_] == 'i' ? ignore_case : multiline) = true;
      }
      Token token = make(TokenType::Regex, std::string(pattern));
      try {
        token.regex = std::make_unique<Regex>(pattern, ignore_case, multiline);
      } catch (Failure& failure) {
        failure.position = here();
        throw;
      }
      return token;
    }
    if (backslashes > 0) continue;
    if (c == '(' || c == '[' || c == '{') ++brackets;
    if (c == ')' || c == ']' || c == '}') --brackets;
  }
  throw Failure("S0302", static_cast<std::uint32_t>(text_.size()));
}

Token Lexer::read_quoted_name() {
  const std::size_t end = text_.find('`', position_ + 1);
  if (end == std::string_view::npos) throw Failure("S0105", static_cast<std::uint32_t>(text_.size()));
  std::string name(text_.substr(position_ + 1, end - position_ - 1));
  position_ = end + 1;
  return make(TokenType::Name, std::move(name));
}

Token Lexer::read_name() {
  const std::size_t begin = position_;
  while (position_ < text_.size() && kBlanks.find(text_[position_]) == std::string_view::npos &&
         kOperators.find(text_[position_]) == std::string_view::npos) {
    ++position_;
  }
  const auto name = text_.substr(begin, position_ - begin);
  if (name.starts_with('$')) return make(TokenType::Variable, std::string(name.substr(1)));
  if (name == "or" || name == "in" || name == "and") return make(TokenType::Operator, std::string(name));
  if (name == "true" || name == "false" || name == "null") return make(TokenType::Constant, std::string(name));
  return make(TokenType::Name, std::string(name));
}

}  // namespace stepd::jsonata
