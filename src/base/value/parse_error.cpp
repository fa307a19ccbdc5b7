#include "base/value/parse_error.h"

#include "base/value/escape.h"

#include <algorithm>

namespace stepd {
namespace {

/// Bytes of a broken token that are quoted, up to where it breaks.
constexpr std::size_t kQuotedBytes = 40;

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

std::string_view word_at(std::string_view text) {
  return text.substr(0,
                     static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word_byte) - text.begin()));
}

/// The kind of token at the beginning of `text`; empty if none can begin so.
std::string token_name(std::string_view text) {
  if (text.empty()) return "end of input";
  const char first = text.front();
  if (std::string_view("[]{}:,").find(first) != std::string_view::npos) return std::string("'") + first + "'";
  if (first == '"') return "string literal";
  if (first == '-' || (first >= '0' && first <= '9')) return "number literal";
  const std::string_view word = word_at(text);
  for (const std::string_view literal : {"true", "false", "null"}) {
    if (word == literal) return std::string(literal) + " literal";
  }
  return "";
}

/// Control characters as <U+000A>, so that an error stays on its line.
std::string quoted(std::string_view token) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (token.size() > kQuotedBytes) token.remove_prefix(token.size() - kQuotedBytes);
  std::string text = "'";
  for (const char byte : replace_invalid(token)) {
    if (static_cast<unsigned char>(byte) >= 0x20) {
      text += byte;
    } else {
      text += "<U+00";
      text += kHex[static_cast<unsigned char>(byte) >> 4];
      text += kHex[static_cast<unsigned char>(byte) & 15];
      text += '>';
    }
  }
  return text + "'";
}

}  // namespace

std::string parse_error_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return "parse error at line " + std::to_string(lines + 1) + ", column " + std::to_string(offset - line_begin + 1) +
         ": ";
}

std::string syntax_error(std::string_view text, std::size_t offset, std::string_view context,
                         std::string_view expected) {
  const auto rest = text.substr(offset);
  const std::string found = token_name(rest);
  std::string error = parse_error_at(text, offset) + "syntax error while parsing " + std::string(context) + " - ";
  if (!found.empty()) {
    error += "unexpected " + found;
  } else if (rest.starts_with("\xEF\xBB\xBF")) {
    error += "a byte order mark is not allowed";
  } else {
    error += "invalid literal; last read: " + quoted(rest.substr(0, std::max<std::size_t>(1, word_at(rest).size())));
  }
  return error + "; expected " + std::string(expected);
}

std::string token_error(std::string_view text, std::size_t begin, std::size_t offset, std::string_view what) {
  const auto end = std::min(offset + 1, text.size());
  return parse_error_at(text, offset) + "syntax error while parsing value - " + std::string(what) +
         "; last read: " + quoted(text.substr(begin, end - begin));
}

}  // namespace stepd
