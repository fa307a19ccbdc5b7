#include "dynamodb/expressions/expression_tokens.h"

namespace stepd::dynamodb {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_number_character(char c) { return c >= '0' && c <= '9'; }
bool is_word_character(char c) { return is_letter(c) || is_number_character(c) || c == '_'; }

std::size_t skip_while(std::string_view text, std::size_t at, bool (*belongs)(char)) {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}

/// The end of the token that begins at `at`, and its kind.
Token read_token(std::string_view text, std::size_t at) {
  const auto token = [&](Token::Kind kind, std::size_t end) { return Token{kind, text.substr(at, end - at), at}; };
  const char first = text[at];
  if (is_letter(first)) return token(Token::Kind::Name, skip_while(text, at, is_word_character));
  if (is_number_character(first)) return token(Token::Kind::Index, skip_while(text, at, is_number_character));
  if (first == '#' || first == ':') {
    const auto end = skip_while(text, at + 1, is_word_character);
    if (end == at + 1) return token(Token::Kind::Wrong, end);
    return token(first == '#' ? Token::Kind::NamePlaceholder : Token::Kind::ValuePlaceholder, end);
  }
  const auto pair = text.substr(at, 2);
  if (pair == "<>" || pair == "<=" || pair == ">=") return token(Token::Kind::Symbol, at + 2);
  if (std::string_view("()[],.=<>+-").find(first) != std::string_view::npos) return token(Token::Kind::Symbol, at + 1);
  return token(Token::Kind::Wrong, at + 1);
}

}  // namespace

std::vector<Token> split_expression(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (kBlanks.find(text[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    tokens.push_back(read_token(text, at));
    at += tokens.back().text.size();
  }
  tokens.push_back({Token::Kind::End, "<EOF>", text.size()});
  return tokens;
}

}  // namespace stepd::dynamodb
