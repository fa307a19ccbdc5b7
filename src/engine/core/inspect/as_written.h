// Finds the text that a selected array was written with. AWS's TestState shows an array that a path selects with the
// spacing of the text it comes from; a Payload that is made as a tree prints compactly, so the text is searched for.
#pragma once

#include "base/payload.h"

#include <optional>
#include <string_view>

namespace stepd::core {

/// `text` is a JSON document. Answers the first array within it whose compact text is `compact`, as a part of `text`;
/// none if there is no such array. Takes time linear in the length of `text`.
std::optional<std::string_view> find_as_written(std::string_view text, std::string_view compact);

}  // namespace stepd::core
