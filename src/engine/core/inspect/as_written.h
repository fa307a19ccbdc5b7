// A value that came through a state unchanged, in the very text it was written with. AWS cuts such values out of their
// text, so that their spacing stays; here it is found again.
#pragma once

#include "base/payload.h"

#include <optional>
#include <string_view>

namespace stepd::core {

/// The text of an array in `text`, a JSON document, that is `compact` when it is printed compactly. None if there is
/// none. Linear in `text`.
std::optional<std::string_view> find_as_written(std::string_view text, std::string_view compact);

}  // namespace stepd::core
