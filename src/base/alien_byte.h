// What no JSON text has outside of an escape, though nlohmann's parser takes it: it skips a byte order mark and takes a
// NUL for the end of the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd {

/// Says which and where ("parse error at line 1, column 3: ..."); nothing if there is none.
std::optional<std::string> find_alien_byte(std::string_view text);

}  // namespace stepd
