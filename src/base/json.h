// The one JSON type of the project, by name only. Include <nlohmann/json.hpp> in the .cpp that needs its members.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace stepd {

/// Objects keep the order in which their members were written, as AWS's answers do.
using Json = nlohmann::ordered_json;

}  // namespace stepd
