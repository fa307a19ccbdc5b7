// Messages for faults of a JSON text, in the words of nlohmann's parser, which clients and tests know. Only base/value
// includes this.
#pragma once

#include <string>
#include <string_view>

namespace stepd {

/// "parse error at line 1, column 2: ". Lines and columns count from 1, columns in bytes.
std::string parse_error_at(std::string_view text, std::size_t offset);

/// The text at `offset` does not fit the grammar. `context` is what is being read, such as "object key".
std::string syntax_error(std::string_view text, std::size_t offset, std::string_view context,
                         std::string_view expected);

/// A token that begins at `begin` is broken at `offset`: `what` says how, such as "invalid literal".
std::string token_error(std::string_view text, std::size_t begin, std::size_t offset, std::string_view what);

}  // namespace stepd
