// The name of an ICC profile. It converts no colours; libvips does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// The description within the profile ("Display P3"); none if the profile cannot be read or has none.
std::optional<std::string> profile_name(std::string_view profile);

}  // namespace stepd::tasks::image
