// Which services a Task can name by `arn:aws:states:::service:action` (AWS dev guide: Integrating services). The list
// is AWS's; services/integrations.h has those that stepd can call.
#pragma once

#include "engine/asl/resource.h"

#include <string_view>

namespace stepd::asl {

/// `action` is without the suffix of the pattern.
bool is_known_integration(std::string_view service, std::string_view action, Resource::Pattern pattern);

}  // namespace stepd::asl
