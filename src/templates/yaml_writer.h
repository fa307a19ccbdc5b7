// Prints a tree as YAML that people read and stepd's own reader reads again.
#pragma once

#include "templates/template_node.h"

#include <string>

namespace stepd::templates {

/// Blocks of two spaces, short maps and lists of scalars on one line, comments above their members. A member whose
/// value is an empty map is printed without a value.
std::string to_yaml(const Node& node);

/// Each line behind `# `, wrapped at 120 characters.
std::string as_comment(const std::string& text, std::size_t indent = 0);

}  // namespace stepd::templates
