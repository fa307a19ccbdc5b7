// What stands in a definition for a value that comes later: ${Name}, as SAM and Terraform fill it in, and
// CloudFormation's own functions.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::asl {

/// Holds a `${`, whatever follows.
inline bool has_placeholder(std::string_view text) { return text.find("${") != std::string_view::npos; }

/// A text with a `${...}`, or `{"Fn::GetAtt": ...}`, `{"Ref": ...}` and the like.
bool is_placeholder(const Json& value);

}  // namespace stepd::asl
