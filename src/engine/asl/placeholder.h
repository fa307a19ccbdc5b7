// Recognises placeholders in a definition: ${Name}, which SAM and Terraform replace, and CloudFormation's functions.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::asl {

/// Whether `text` contains `${`.
inline bool has_placeholder(std::string_view text) { return text.find("${") != std::string_view::npos; }

/// Whether `value` is a string with a `${...}`, or an object such as `{"Fn::GetAtt": ...}` or `{"Ref": ...}`.
bool is_placeholder(const Json& value);

}  // namespace stepd::asl
