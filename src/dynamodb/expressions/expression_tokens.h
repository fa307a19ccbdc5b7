// The tokens of an expression.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stepd::dynamodb {

struct Token {
  /// Name: a bare name or keyword. NamePlaceholder `#x`, ValuePlaceholder `:x`, with the sign. Index: digits. Symbol:
  /// one of `( ) [ ] , . = <> < <= > >= + -`. Wrong: a character that begins none of these. End: behind the last.
  enum class Kind : std::uint8_t { Name, NamePlaceholder, ValuePlaceholder, Index, Symbol, Wrong, End };
  Kind kind = Kind::End;
  std::string_view text;
  std::size_t offset = 0;
};

/// The last token is End. Views are into `text`.
std::vector<Token> split_expression(std::string_view text);

}  // namespace stepd::dynamodb
