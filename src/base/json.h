// Forward declaration of nlohmann's JSON type, as the project uses it. A .cpp that needs its members includes
// <nlohmann/json.hpp> (ADR 0008).
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace stepd {

/// Objects keep the order in which their members were written, as AWS's answers do.
using Json = nlohmann::ordered_json;

}  // namespace stepd
