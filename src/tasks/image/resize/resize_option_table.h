// Reads the options of one resized picture from its arguments: a table per kind of value, and a function for each that
// is more than one value. Which object is resized and where to is resize_arguments.h's.
#pragma once

#include "tasks/arguments.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/resize_options.h"

namespace stepd::tasks::image {

/// Names every option, so that what is left over is unknown.
ResizeOptions read_options(Arguments& arguments, const ImageLimits& limits);

}  // namespace stepd::tasks::image
