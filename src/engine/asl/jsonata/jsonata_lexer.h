// Tokens of an expression.
#pragma once

#include "engine/asl/jsonata/regex.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::jsonata {

enum class TokenType : std::uint8_t { End, Name, Variable, Operator, String, Number, Constant, Regex };

struct Token {
  TokenType type = TokenType::End;
  /// Of an operator: one or two characters, or a word. Of a string: its text, perhaps with lone surrogates.
  std::string text;
  double number = 0;
  std::unique_ptr<Regex> regex;
  std::uint32_t position = 0;  ///< just behind the token, in bytes
};

/// Each token is read when it is asked for, as what a slash means depends on what stood before it.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  /// `after_operand`: a slash divides. Throws a Failure S01xx or S03xx.
  Token next(bool after_operand);

 private:
  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }
  void skip_blanks();
  Token make(TokenType type, std::string text) const;
  Token read_string(char quote);
  void read_escape(std::string& out);
  Token read_number();
  Token read_regex();
  Token read_quoted_name();
  Token read_name();
  std::uint32_t here() const { return static_cast<std::uint32_t>(position_); }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace stepd::jsonata
