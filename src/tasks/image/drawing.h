// Drawings of our own as pictures. For a command that makes one and ends: it lets libvips read SVG, which the daemon
// and its image workers never do.
#pragma once

#include "base/result.h"

#include <string>

namespace stepd::tasks::image {

/// PNG on white, two pixels for each unit of the drawing. `svg` is trusted. Not to be used in a process that reads
/// pictures of others. Error: cause only.
Result<std::string> png_of_drawing(const std::string& svg);

}  // namespace stepd::tasks::image
