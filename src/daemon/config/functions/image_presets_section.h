// The configuration's `image_presets`: arguments of image.resize by name, each checked as a request would be.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/image/resize/resize_presets.h"

namespace stepd::daemon {

tasks::ImagePresets read_image_presets(Mapping& root);

}  // namespace stepd::daemon
