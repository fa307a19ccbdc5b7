// Reads the options of one resized picture from its arguments: a table per kind of value, and a function for each that
// is more than one value. Which object is resized and where to is resize_arguments.h's.
#pragma once

#include "tasks/arguments.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/resize/resize_options.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks::image {

/// Names every option, so that what is left over is unknown.
ResizeOptions read_options(Arguments& arguments, const ImageLimits& limits);

/// An argument that was given and changes nothing of the result.
struct IdleArgument {
  std::string_view name;
  std::string why;
};
/// Only those of which that is known before the source is: where `format` is left out, it may become any.
std::vector<IdleArgument> idle_arguments(const Arguments& arguments, const ResizeOptions& options);

}  // namespace stepd::tasks::image
