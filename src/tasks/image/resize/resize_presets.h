// Named sets of image.resize's arguments that a configuration holds, so that requests need only name them.
#pragma once

#include "base/json.h"
#include "base/payload.h"
#include "base/result.h"

#include <functional>
#include <map>
#include <string>

namespace stepd::tasks {

struct ImagePresets {
  std::map<std::string, Payload, std::less<>> named;  ///< arguments by the preset's name
  bool only = false;  ///< requests may not say anything else but what is resized and where to
};

namespace image {

/// `event` with the presets that it and its outputs name replaced by their arguments; what stands beside a name comes
/// before what the preset says. `Handler.InvalidArguments` for a name that is not there, and where presets are all that
/// is permitted for what else is said.
Result<Json> expand_presets(const Json& event, const ImagePresets& presets);

/// Whether those are arguments that image.resize takes; the cause names every fault.
Result<void> check_preset(const Json& arguments);

}  // namespace image
}  // namespace stepd::tasks
