// Which content types a route takes that acts on a body of JSON.
#pragma once

#include <string>

namespace stepd::api {

/// Forms of foreign pages can send text/plain and multipart/form-data without asking. What curl -d says is let
/// through: pages that send it name their origin, and are refused for that.
bool media_type_accepted(const std::string& type);

}  // namespace stepd::api
