// Paths in the arguments of item handlers: a name, or an array of names and indexes from the outside in.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "dynamodb/expressions/document_path.h"
#include "tasks/arguments.h"

#include <optional>
#include <string_view>
#include <vector>

namespace stepd::tasks {

/// A text is one name, whatever is in it. The error's name is empty.
Result<dynamodb::DocumentPath> parse_path(const Json& given);

/// An optional member of a handler's arguments: paths; none if it is not given.
std::optional<std::vector<dynamodb::DocumentPath>> read_paths(Arguments& arguments, std::string_view name);

}  // namespace stepd::tasks
