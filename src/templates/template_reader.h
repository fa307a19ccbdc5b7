// Reads the text of a template, JSON or YAML, into a tree with places. It does not know what is in it.
#pragma once

#include "base/result.h"
#include "templates/problems.h"

#include <optional>
#include <string_view>

namespace stepd::templates {

/// YAML as CloudFormation reads it: `!Ref` and `!Condition` give {Ref: x} and {Condition: x}, any other `!X` gives
/// {Fn::X: x}, `!GetAtt a.b.c` a list of `a` and `b.c`; dates stay texts. Anchors, aliases and merge keys are followed.
/// Of a key that stands twice the last counts, and `problems` is warned. None, with an error in `problems`, if the text
/// is neither or is beyond the limits in template_limits.h.
std::optional<Node> read_tree(std::string_view text, Problems& problems);

/// JSON alone, as DefinitionString wants it. The error's cause names line and column.
Result<Node> read_json_tree(std::string_view text);

}  // namespace stepd::templates
